import { lstat, mkdir, readFile, readlink, rmdir, symlink, unlink, writeFile } from "node:fs/promises";

import { newObject } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { type Entry, isReadable, LINK, type OtherDifference, SUBMODULE, textOf } from "../git/trees.ts";
import { staysInside } from "../paths.ts";

// Links, submodules and names that are not UTF-8: Winnow writes none of them. What others did to them is brought into the folder all the
// same, so that a person who commits there does not undo it.

/** Takes out of the folder what is gone or another one now, where nobody changed it. To be called before files are brought. */
export async function clearOthers({ folder }: Repository, differences: readonly OtherDifference[]): Promise<void> {
  for (const { path, before } of differences) {
    if (!before || !(await isClear(folder, path)) || !(await isAs(folder, path, before))) continue;
    const place = placeOf(folder, path);
    await (before.mode === SUBMODULE ? rmdir(place) : unlink(place)).catch(ignore("ENOTEMPTY", "EEXIST"));
    for (let at = path; at.includes("/");) {
      at = at.slice(0, at.lastIndexOf("/"));
      await rmdir(placeOf(folder, at)).catch(ignore("ENOTEMPTY", "EEXIST"));
    }
  }
}

/** Puts into the folder what is new, where nothing stands in its place. */
export async function placeOthers(
  { folder, trees }: Repository,
  differences: readonly OtherDifference[],
): Promise<void> {
  for (const { path, after } of differences) {
    if (!after || !(await isClear(folder, path)) || (await lookAt(placeOf(folder, path)))) continue;
    const place = placeOf(folder, path);
    // Some disks have no room for such names.
    const put = async () => {
      if (after.mode === SUBMODULE) return void (await mkdir(place, { recursive: true }));
      if (path.includes("/")) await mkdir(placeOf(folder, path.slice(0, path.lastIndexOf("/"))), { recursive: true });
      const content = await trees.blob(after.oid);
      if (after.mode === LINK) return symlink(content, place);
      return writeFile(place, content, { flag: "wx", mode: after.mode === "100755" ? 0o777 : 0o666 });
    };
    await put().catch(ignore("EILSEQ", "EINVAL"));
  }
}

const placeOf = (folder: string, path: string) =>
  Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, "latin1")]);

/** Whether a place is inside the folder, out of git's own, and not behind a link. */
async function isClear(folder: string, path: string): Promise<boolean> {
  if (!staysInside(isReadable(path) ? textOf(path) : path.replace(/[^ -~]/g, "x"))) return false;
  const names = path.split("/");
  for (let depth = 1; depth < names.length; depth++) {
    const found = await lookAt(placeOf(folder, names.slice(0, depth).join("/")));
    if (!found) return true;
    if (!found.isDirectory()) return false;
  }
  return true;
}

async function isAs(folder: string, path: string, entry: Entry): Promise<boolean> {
  const place = placeOf(folder, path);
  const found = await lookAt(place);
  if (!found) return false;
  if (entry.mode === SUBMODULE) return found.isDirectory();
  const isLink = entry.mode === LINK;
  if (isLink ? !found.isSymbolicLink() : !found.isFile()) return false;
  const content = isLink ? await readlink(place, { encoding: "buffer" }) : await readFile(place);
  return newObject("blob", content).oid === entry.oid;
}

async function lookAt(place: Buffer) {
  return lstat(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });
}

const ignore =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException) => {
    if (!codes.includes(error.code ?? "")) throw error;
  };
