const MAX_LENGTH = 48;

/**
 * The part of an address that names a space: "Harbour & Café" is at harbour-cafe. Plain letters and digits only, because
 * others travel as %D0%BA in addresses; a name without any is at `space`.
 */
export function slugOf(name: string): string {
  const slug = name
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_LENGTH)
    .replaceAll(/^-+|-+$/g, "");
  return slug || "space";
}
