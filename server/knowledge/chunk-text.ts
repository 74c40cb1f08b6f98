/** A part of a note's body, as it stands there, under one heading. */
export type Chunk = {
  /** The headings that stand above all of it, from the top. */
  headings: string[];
  /** Its first line in the body, from 1. */
  line: number;
  text: string;
};

/** Sections are joined until a part is as long as this. */
const SHORT = 800;
const LONGEST = 1_500;

type Block = { line: number; lines: string[]; heading: { level: number; text: string } | null };
type Section = { path: string[]; blocks: Block[] };

/**
 * The parts of a Markdown body: of one section each, short sections of one parent together, at most 1,500 characters.
 * Code and tables stay whole where they fit. The footnotes of a note's sources are left out.
 */
export function chunkBody(body: string): Chunk[] {
  const parts: Section[] = [];
  for (const section of sectionsOf(blocksOf(body.split("\n")))) {
    const length = lengthOf(section.blocks);
    const last = parts.at(-1);
    if (last && lengthOf(last.blocks) + length <= (isBare(last.blocks) ? LONGEST : SHORT)) {
      parts[parts.length - 1] = {
        path: isBare(last.blocks) ? section.path : commonPath(last.path, section.path),
        blocks: [...last.blocks, ...section.blocks],
      };
    } else if (length <= LONGEST) parts.push(section);
    else parts.push(...packed(section.blocks).map((blocks) => ({ path: section.path, blocks })));
  }
  return parts.map(toChunk);
}

/** The blocks of a body: headings, code, and what stands between blank lines. */
function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  let fence: string | null = null;
  let isInFootnote = false;
  for (const [index, line] of lines.entries()) {
    if (fence !== null) {
      open?.lines.push(line);
      if (isFenceEnd(line, fence)) [fence, open] = [null, null];
      continue;
    }
    if (/^\[\^m\d+\]:/.test(line) || /^Evidence:(?: \[\^m\d+\])+\s*$/.test(line)) {
      [isInFootnote, open] = [true, null];
      continue;
    }
    if (line.trim() === "" || (isInFootnote && /^(?: {4}|\t)/.test(line))) {
      open = null;
      continue;
    }
    isInFootnote = false;
    const heading = /^(#{1,6})[ \t]+(\S.*)$/.exec(line);
    const opening = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (heading || opening !== undefined || open === null) {
      const text = (heading?.[2] ?? "").replace(/\s#+\s*$/, "").trim();
      open = { line: index + 1, lines: [line], heading: heading ? { level: heading[1]?.length ?? 1, text } : null };
      blocks.push(open);
      if (heading) open = null;
      fence = opening ?? null;
    } else open.lines.push(line);
  }
  return blocks;
}

function isFenceEnd(line: string, fence: string): boolean {
  const mark = line.trim();
  return mark.length >= fence.length && mark === fence.charAt(0).repeat(mark.length);
}

/** What stands under each heading. */
function sectionsOf(blocks: readonly Block[]): Section[] {
  const sections: Section[] = [];
  let path: Array<{ level: number; text: string }> = [];
  for (const block of blocks) {
    const { heading } = block;
    const last = sections.at(-1);
    if (heading) {
      path = [...path.filter((each) => each.level < heading.level), heading];
      sections.push({ path: path.map((each) => each.text), blocks: [block] });
    } else if (last) last.blocks.push(block);
    else sections.push({ path: [], blocks: [block] });
  }
  return sections;
}

/** The blocks of a long section, in parts. */
function packed(blocks: readonly Block[]): Block[][] {
  const parts: Block[][] = [];
  for (const block of blocks.flatMap((each) => (lengthOf([each]) > LONGEST ? pieces(each) : [each]))) {
    const last = parts.at(-1);
    if (last && (isBare(last) || lengthOf(last) + lengthOf([block]) <= LONGEST)) last.push(block);
    else parts.push([block]);
  }
  return parts;
}

/** A block that is too long by itself, cut between its lines, or in a line where that is too long. */
function pieces(block: Block): Block[] {
  const cut: Block[] = [];
  let length = 0;
  for (const [index, whole] of block.lines.entries()) {
    for (const line of whole.length > LONGEST ? cutLine(whole) : [whole]) {
      const last = cut.at(-1);
      if (last && length + line.length < LONGEST) {
        last.lines.push(line);
        length += line.length + 1;
      } else {
        cut.push({ line: block.line + index, lines: [line], heading: null });
        length = line.length;
      }
    }
  }
  return cut;
}

/** Cut after a sentence, else between words, else anywhere but in a character. */
function cutLine(line: string): string[] {
  const cut: string[] = [];
  let rest = line;
  while (rest.length > LONGEST) {
    const window = rest.slice(0, LONGEST);
    const sentence = Math.max(window.lastIndexOf(". "), window.lastIndexOf("! "), window.lastIndexOf("? ")) + 1;
    const space = window.lastIndexOf(" ");
    const end = sentence > SHORT ? sentence : space > SHORT ? space : window.isWellFormed() ? LONGEST : LONGEST - 1;
    cut.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...cut, rest];
}

function toChunk({ path, blocks }: Section): Chunk {
  return {
    headings: path,
    line: blocks[0]?.line ?? 1,
    text: blocks.map((block) => block.lines.join("\n")).join("\n\n"),
  };
}

const lengthOf = (blocks: readonly Block[]) =>
  blocks.reduce((sum, block) => sum + block.lines.reduce((length, line) => length + line.length + 1, 1), 0);
const isBare = (blocks: readonly Block[]) => blocks.length > 0 && blocks.every((block) => block.heading !== null);

function commonPath(a: readonly string[], b: readonly string[]): string[] {
  const end = a.findIndex((heading, index) => heading !== b[index]);
  return a.slice(0, end === -1 ? a.length : end);
}
