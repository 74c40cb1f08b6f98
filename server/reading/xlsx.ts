import type { Gathering } from "./gathering.ts";
import type { Parts } from "./office.ts";
import { attribute, scanXml } from "./xml.ts";

/** How many empty cells are written out between two others; a row may have 16,384. */
const MAX_GAP = 20;
const DAY_MS = 86_400_000;
/** Day 0 of Excel's calendar, which counts a 29 February 1900 that never was. */
const DAY_0_MS = Date.UTC(1899, 11, 30);
/** The last day that Excel knows, 31 December 9999. */
const LAST_DAY = 2_958_465;

type Cell = { column: number; kind: string; isDay: boolean; value: string };

/** Puts the cells of an XLSX into `out`: sheet by sheet, a row a line. Only cells that the file holds are looked at, whatever size it claims. */
export function xlsxText(parts: Parts, out: Gathering): void {
  const strings = sharedStrings(parts);
  const dayStyles = stylesOfDays(parts);
  for (const sheet of sheetsOf(parts)) {
    out.add(`## ${sheet.name}\n\n`);
    sheetText(parts[sheet.path], { strings, dayStyles }, out);
    out.add("\n");
  }
}

function sheetText(
  bytes: Uint8Array | undefined,
  shared: { strings: string[]; dayStyles: Set<number> },
  out: Gathering,
): void {
  let row: Cell[] = [];
  let cell: Cell | null = null;
  let isValue = false;
  const open = (name: string, attributes: Record<string, string>) => {
    if (name === "row") row = [];
    if (name === "v" || name === "t") isValue = true;
    if (name !== "c") return;
    const column = columnOf(attribute(attributes, "r")) ?? (row.at(-1)?.column ?? -1) + 1;
    const isDay = shared.dayStyles.has(Number(attribute(attributes, "s") ?? -1));
    cell = { column, kind: attribute(attributes, "t") ?? "n", isDay, value: "" };
  };
  const close = (name: string) => {
    if (name === "v" || name === "t") isValue = false;
    if (name === "c" && cell && cell.value !== "") row.push(cell);
    if (name === "c") cell = null;
    if (name !== "row" || row.length === 0) return;
    out.add(`${lineOf(row, shared.strings)}\n`);
    row = [];
  };
  const text = (piece: string) => {
    if (cell && isValue) cell.value += piece;
  };
  scanXml(bytes, { open, text, close, isFull: out.isFull });
}

function lineOf(row: Cell[], strings: string[]): string {
  let line = "";
  let next = 0;
  for (const cell of row) {
    line += "\t".repeat(Math.min(Math.max(cell.column - next, 0), MAX_GAP));
    line += `${shown(cell, strings).replaceAll(/\s+/g, " ")}\t`;
    next = cell.column + 1;
  }
  return line;
}

function shown(cell: Cell, strings: string[]): string {
  if (cell.kind === "s") return strings[Number(cell.value)] ?? "";
  if (cell.kind === "b") return cell.value === "1" ? "TRUE" : "FALSE";
  const day = Number(cell.value);
  if (cell.kind !== "n" || !cell.isDay || !(day >= 1 && day <= LAST_DAY)) return cell.value;
  const moment = new Date(DAY_0_MS + Math.round(day * DAY_MS)).toISOString();
  return Number.isInteger(day) ? moment.slice(0, 10) : moment.slice(0, 16).replace("T", " ");
}

/** `AB12` is column 27. */
function columnOf(reference: string | undefined): number | null {
  const letters = /^[A-Z]{1,3}(?=\d)/.exec(reference ?? "")?.[0];
  return letters ? [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1 : null;
}

function sharedStrings(parts: Parts): string[] {
  const strings: string[] = [];
  let string = "";
  let isText = false;
  let isReading = false;
  scanXml(parts["xl/sharedStrings.xml"], {
    open: (name) => {
      if (name === "si") string = "";
      if (name === "rPh") isReading = true;
      if (name === "t") isText = true;
    },
    text: (piece) => (string += isText && !isReading ? piece : ""),
    close: (name) => {
      if (name === "t") isText = false;
      if (name === "rPh") isReading = false;
      if (name === "si") strings.push(string);
    },
  });
  return strings;
}

/** The styles by which a number is shown as a day or a time. */
function stylesOfDays(parts: Parts): Set<number> {
  const dayFormats = new Set([14, 15, 16, 17, 22]);
  const styles = new Set<number>();
  let isCells = false;
  let count = 0;
  scanXml(parts["xl/styles.xml"], {
    open: (name, attributes) => {
      const format = Number(attribute(attributes, "numFmtId") ?? -1);
      // What is in quotes or brackets is shown as it is; of the rest, "y" and "d" mean parts of a day.
      const code = (attribute(attributes, "formatCode") ?? "").slice(0, 200).replaceAll(/"[^"]*"|\[[^\]]*\]|\\./g, "");
      if (name === "numFmt" && /[yd]/i.test(code)) dayFormats.add(format);
      if (name === "cellXfs") isCells = true;
      if (name !== "xf" || !isCells) return;
      if (dayFormats.has(format)) styles.add(count);
      count += 1;
    },
    close: (name) => {
      if (name === "cellXfs") isCells = false;
    },
  });
  return styles;
}

function sheetsOf(parts: Parts): Array<{ name: string; path: string }> {
  const targets = new Map<string, string>();
  scanXml(parts["xl/_rels/workbook.xml.rels"], {
    open: (_name, { Id, Target }) => {
      if (Id && Target) targets.set(Id, Target.startsWith("/") ? Target.slice(1) : `xl/${Target}`);
    },
  });
  const sheets: Array<{ name: string; path: string }> = [];
  scanXml(parts["xl/workbook.xml"], {
    open: (name, attributes) => {
      const path = targets.get(attribute(attributes, "id") ?? "");
      if (name === "sheet" && path) sheets.push({ name: attributes["name"] ?? "", path });
    },
  });
  return sheets;
}
