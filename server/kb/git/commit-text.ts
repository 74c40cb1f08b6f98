import { WINNOW } from "./git.ts";

const MAX_SUBJECT_CHARACTERS = 72;
const MAX_TRAILER_CHARACTERS = 500;
// Line breaks, control characters and the marks that change the direction of text.
const UNSEEN = /[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/gu;

/** The trailer that makes an operation findable in the history, whatever became of the database. */
export const OPERATION_TRAILER = "Winnow-Operation";

/** The bytes of a commit. All texts may come from hostile hands: each stays in its place and on its line. */
export function commitContent(commit: {
  tree: string;
  parents: readonly string[];
  author: { name: string; email: string };
  at: Date;
  message: string;
}): Buffer {
  const seconds = Math.floor(commit.at.getTime() / 1000);
  const author = `${nameOf(commit.author.name)} <${nameOf(commit.author.email)}>`;
  return Buffer.from(
    [
      `tree ${commit.tree}`,
      ...commit.parents.map((parent) => `parent ${parent}`),
      `author ${author} ${seconds} +0000`,
      `committer ${WINNOW.name} <${WINNOW.email}> ${seconds} +0000`,
      "",
      commit.message,
    ].join("\n"),
  );
}

/** A subject of one line and at most 72 characters, then the trailers, `Winnow-Operation` for each operation first. */
export function commitMessage(input: {
  operationIds: readonly string[];
  subject: string;
  trailers: ReadonlyArray<readonly [string, string]>;
}): string {
  const trailers = input.trailers.filter(([key]) => key.toLowerCase() !== OPERATION_TRAILER.toLowerCase());
  const lines = trailers.flatMap(([key, value]) => {
    const text = shorten(oneLine(value), MAX_TRAILER_CHARACTERS);
    if (!/^[A-Za-z][A-Za-z-]*$/.test(key)) throw new Error(`“${key}” cannot be the key of a trailer.`);
    return text === "" ? [] : [`${key}: ${text}`];
  });
  const operations = input.operationIds.map((id) => `${OPERATION_TRAILER}: ${id}`);
  return `${subjectLine(input.subject)}\n\n${[...operations, ...lines].join("\n")}\n`;
}

/** A text as the subject of a commit. */
export function subjectLine(text: string): string {
  return shorten(oneLine(text), MAX_SUBJECT_CHARACTERS) || "Update the knowledge base";
}

function oneLine(text: string): string {
  return text.toWellFormed().replace(UNSEEN, " ").replace(/\s+/gu, " ").trim();
}

function shorten(text: string, maxCharacters: number): string {
  // No character is shorter than one unit of its text.
  if (text.length <= maxCharacters) return text;
  const characters = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)];
  if (characters.length <= maxCharacters) return text;
  const kept = characters.slice(0, maxCharacters - 1).map((each) => each.segment);
  return `${kept.join("").trimEnd()}…`;
}

/** git ends a name at `<` and a line at its end, and drops dots and commas around it. */
function nameOf(text: string): string {
  return shorten(oneLine(text.replace(/[<>]/g, " ")).replace(/^[.,:;"'\\\s]+|[.,:;"'\\\s]+$/g, ""), 100) || "unknown";
}
