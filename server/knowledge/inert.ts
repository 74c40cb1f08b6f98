/** Plain text as Markdown that shows exactly that text, and nothing else. One line stays one line. */
export function escapeText(text: string): string {
  return text;
}
