import { checkPath, foldPath, type KbTree } from "#server/kb/index.ts";
import { isListing } from "#server/knowledge/index.ts";
import { AppError } from "#server/lib/errors.ts";

/**
 * The one check of a path that a model names: a note inside the knowledge base, and no listing, which are made from the notes.
 * @throws AppError `invalid_input`
 */
export function notePath(given: string): string {
  const path = checkPath(given.trim().replace(/^\/+/, ""));
  if (path.endsWith(".md") && !isListing(foldPath(path))) return path;
  throw new AppError(
    "invalid_input",
    "A note is a file that ends in .md and is not called index.md. Nothing was done; choose another path.",
  );
}

/** A folder inside the knowledge base; '' is all of it. @throws AppError `invalid_input` */
export function folderPath(given: string): string {
  const path = given.trim().replaceAll(/^\/+|\/+$/gu, "");
  return path === "" || path === "." ? "" : checkPath(path);
}

/**
 * Refuses a place that is taken, or that some disk takes for one that is: by a file, or by a folder in another spelling.
 * @throws AppError `conflict`
 */
export async function checkFree(tree: Pick<KbTree, "names">, path: string): Promise<void> {
  const names = path.split("/");
  for (const [depth, name] of names.entries()) {
    const folder = names.slice(0, depth).join("/");
    const there = (await tree.names(folder)).find((each) => foldPath(each.replace(/\/$/u, "")) === foldPath(name));
    if (there === undefined) return;
    if (depth === names.length - 1 || there !== `${name}/`) {
      const at = folder === "" ? there : `${folder}/${there}`;
      throw new AppError("conflict", `This place is taken: there is ${at}. Nothing was written; choose another path.`);
    }
  }
}
