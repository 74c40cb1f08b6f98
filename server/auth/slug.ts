const MAX_LENGTH = 48;

/** The part of an address that names a space: "Harbour & Café team" is at harbour-cafe-team. Letters of any script stay. */
export function slugOf(name: string): string {
  const slug = name
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}]+/gu, "-")
    .slice(0, MAX_LENGTH)
    .replaceAll(/^-+|-+$/g, "");
  return slug || "space";
}
