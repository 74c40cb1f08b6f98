/** Wider columns are not lined up any further: a phone wraps them anyway. */
const WIDEST = 30;

/** The rows of a table as lines, their columns lined up. */
export function tableLines(rows: string[][]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 1, Math.min([...cell].length, WIDEST));
    }
  }
  const lines = rows.map((row) => lineOf(row, widths));
  const rule = widths.map((width) => "─".repeat(width)).join("─┼─");
  return lines.toSpliced(1, 0, rule);
}

function lineOf(row: string[], widths: number[]): string {
  const cells = row.map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length)));
  return cells.join(" │ ").trimEnd();
}
