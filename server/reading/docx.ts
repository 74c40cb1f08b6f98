import type { Gathering } from "./gathering.ts";
import type { Parts } from "./office.ts";
import { attribute, scanXml } from "./xml.ts";

type Paragraph = { prefix: string; text: string };

/** What holds no text of its own: older copies of what is there already, and where moved text was before. */
const LEFT_OUT = new Set(["Fallback", "moveFrom", "del"]);

/** Puts the text of a DOCX into `out`: headings and lists as in Markdown, a table's row as a line. Hidden and deleted text is left out. */
export function docxText(parts: Parts, out: Gathering): void {
  const marks = styleMarks(parts);
  const paragraphs: Paragraph[] = [];
  const rows: string[][] = [];
  const cells: string[] = [];
  let leftOut = 0;
  // A tab outside a run is a stop of the ruler.
  let isRun = false;
  let isText = false;
  let isHidden = false;

  const open = (name: string, attributes: Record<string, string>) => {
    if (LEFT_OUT.has(name)) leftOut += 1;
    const paragraph = paragraphs.at(-1);
    if (name === "p") paragraphs.push({ prefix: "", text: "" });
    else if (name === "tr") rows.push([]);
    else if (name === "tc") cells.push("");
    else if (name === "r") [isRun, isHidden] = [true, false];
    else if (name === "vanish") isHidden = !["0", "false", "off"].includes(attribute(attributes, "val") ?? "");
    else if (name === "t") isText = true;
    else if (!paragraph) return;
    else if (name === "pStyle") paragraph.prefix = marks.get(attribute(attributes, "val") ?? "") ?? paragraph.prefix;
    else if (name === "numPr") paragraph.prefix ||= "- ";
    else if (name === "tab" && isRun) paragraph.text += "\t";
    else if (name === "br" || name === "cr") paragraph.text += "\n";
  };
  const text = (piece: string) => {
    const paragraph = paragraphs.at(-1);
    if (isText && !isHidden && leftOut === 0 && paragraph) paragraph.text += piece;
  };
  const close = (name: string) => {
    if (LEFT_OUT.has(name)) leftOut -= 1;
    if (name === "t") isText = false;
    else if (name === "r") isRun = false;
    else if (name === "p") endParagraph(paragraphs.pop());
    else if (name === "tc") rows.at(-1)?.push((cells.pop() ?? "").trim());
    else if (name === "tr") put(`| ${(rows.pop() ?? []).join(" | ")} |`);
  };
  const endParagraph = (paragraph: Paragraph | undefined) => {
    if (paragraph && paragraph.text.trim() !== "") put(paragraph.prefix + paragraph.text, "\n\n");
  };
  /** Into the cell that is open, or out. */
  const put = (line: string, end = "\n") => {
    if (cells.length > 0) cells[cells.length - 1] += `${line.replaceAll("\n", " ")} `;
    else out.add(line + end);
  };
  scanXml(parts["word/document.xml"], { open, text, close, isFull: out.isFull });
}

/** The marks of headings and lists by the ids of their styles: `Heading1`, or `1` in a Russian Word, is `# `. */
function styleMarks(parts: Parts): Map<string, string> {
  const marks = new Map<string, string>();
  let id = "";
  scanXml(parts["word/styles.xml"], {
    open: (name, attributes) => {
      if (name === "style") id = attribute(attributes, "styleId") ?? "";
      if (name !== "name") return;
      const style = attribute(attributes, "val")?.toLowerCase() ?? "";
      const level = style === "title" ? 1 : Number(/^heading ([1-6])$/.exec(style)?.[1] ?? 0);
      if (level > 0) marks.set(id, `${"#".repeat(level)} `);
      if (/^list (bullet|number)/.test(style)) marks.set(id, "- ");
    },
  });
  return marks;
}
