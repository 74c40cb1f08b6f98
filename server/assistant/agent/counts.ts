/** How often each tool was used, in words: `read_note ×2, edit_note`. */
export function countsInWords(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([name, count]) => (count > 1 ? `${name} ×${count}` : name))
    .join(", ");
}
