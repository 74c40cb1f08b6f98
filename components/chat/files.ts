/** What one message carries at most, as the server takes it. */
const MOST_FILES = 5;
const MAX_FILE_BYTES = 20 * 1024 * 1024;

/**
 * Adds files to those of a message, as far as it can carry them.
 * @returns the files, and in words which were left out and why; null where all are in
 */
export function addFiles(
  files: readonly File[],
  more: readonly File[],
): { files: readonly File[]; problem: string | null } {
  const tooLarge = more.filter((file) => file.size > MAX_FILE_BYTES);
  const empty = more.filter((file) => file.size === 0);
  const usable = more.filter((file) => file.size > 0 && file.size <= MAX_FILE_BYTES);
  const room = usable.slice(0, MOST_FILES - files.length);
  const problems = [
    tooLarge.length > 0 ? `${named(tooLarge)} larger than 20 MB: send a smaller one.` : null,
    empty.length > 0 ? `${named(empty)} empty or a folder: nothing of it can be sent.` : null,
    room.length < usable.length ? "A message carries five files at most: send the others in the next one." : null,
  ].filter((problem) => problem !== null);
  return { files: [...files, ...room], problem: problems.length > 0 ? problems.join(" ") : null };
}

/** A file as the server takes it. @throws Error where the browser cannot read it any more */
export async function uploadOf(file: File): Promise<{ name: string; mime: string; base64: string }> {
  return {
    name: file.name.trim().slice(-200) || "file",
    mime: file.type.slice(0, 100) || "application/octet-stream",
    base64: await base64Of(file),
  };
}

/** "820 B", "12 kB", "3.4 MB" */
export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function named(files: readonly File[]): string {
  const [first] = files;
  if (files.length === 1 && first) return `“${first.name}” is`;
  return `${files.length} of the files are`;
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const url = typeof reader.result === "string" ? reader.result : "";
      resolve(url.slice(url.indexOf(",") + 1));
    });
    reader.addEventListener("error", () => reject(reader.error ?? new Error("The file could not be read.")));
    reader.readAsDataURL(file);
  });
}
