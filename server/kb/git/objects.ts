import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflate } from "node:zlib";

import pLimit from "p-limit";

import { GitError } from "./git.ts";
import { openSession } from "./session.ts";

// git's objects are written here, not by git: a commit is half a dozen small files, and starting a process for each
// costs more than all the rest. What is written is checked by git itself in the tests (fsck), and git reads it back.

const FILES_AT_A_TIME = 16;
/** Some megabytes at most: listings, recent notes, the newest commits. */
const MAX_KEPT = 400;
const MAX_KEPT_BYTES = 64 * 1024;
const deflated = promisify(deflate);

export type ObjectType = "blob" | "tree" | "commit";
export type NewObject = { oid: string; type: ObjectType; content: Buffer };
export type FoundObject = { oid: string; type: string; content: Buffer };

export type ObjectReader = {
  /** An object by its id or by the name of a ref, or null where there is none. */
  read: (name: string) => Promise<FoundObject | null>;
  /** How many bytes an object has, or null where there is none: known without reading it. */
  size: (oid: string) => Promise<number | null>;
  /** Keeps objects that were just written: what comes next reads them. */
  remember: (objects: readonly NewObject[]) => void;
  close: () => void;
};

/** An object and its name, not yet written. */
export function newObject(type: ObjectType, content: Buffer): NewObject {
  const oid = createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest("hex");
  return { oid, type, content };
}

/** Writes objects so that they are on the disk when this resolves. Those that are there already cost nothing. */
export async function writeObjects(gitDir: string, objects: readonly NewObject[]): Promise<void> {
  const atATime = pLimit(FILES_AT_A_TIME);
  await Promise.all(objects.map((object) => atATime(() => writeObject(gitDir, object))));
}

export function openReader(gitDir: string): ObjectReader {
  const contents = openSession(gitDir, ["cat-file", "--batch"]);
  const sizes = openSession(gitDir, ["cat-file", "--batch-check=%(objectsize)"]);
  const known = new Map<string, FoundObject>();
  const keep = (object: FoundObject) => {
    if (object.content.length > MAX_KEPT_BYTES) return;
    known.delete(object.oid);
    known.set(object.oid, object);
    const oldest = known.keys().next().value;
    if (known.size > MAX_KEPT && oldest) known.delete(oldest);
  };
  return {
    read: async (name) => {
      // A line end would be a second question, whose answer the next one to ask would take for its own.
      if (/[\n\0]/.test(name)) throw new Error("This is not the name of an object.");
      // Only a whole id always means the same object.
      const found = known.get(name) ?? (await askAgain(() => contents.ask(`${name}\n`, takeObject)));
      if (found) keep(found);
      return found;
    },
    size: async (oid) => known.get(oid)?.content.length ?? askAgain(() => sizes.ask(`${oid}\n`, takeSize)),
    remember: (objects) => objects.forEach(keep),
    close: () => {
      contents.close();
      sizes.close();
    },
  };
}

/** The process may have been ended from outside since the last question. */
async function askAgain<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof GitError) return ask();
    throw error;
  }
}

async function writeObject(gitDir: string, { oid, type, content }: NewObject): Promise<void> {
  const folder = join(gitDir, "objects", oid.slice(0, 2));
  const path = join(folder, oid.slice(2));
  if (await exists(path)) return;
  const bytes = await deflated(Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]), { level: 1 });
  // git removes forgotten files of this name by itself.
  const temporary = join(gitDir, "objects", `tmp_obj_${randomBytes(8).toString("hex")}`);
  const file = await open(temporary, "wx", 0o444);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(temporary, path).catch(async (error: NodeJS.ErrnoException) => {
    // One of the 256 folders, missing until it is needed.
    if (error.code !== "ENOENT") throw error;
    await mkdir(folder, { recursive: true });
    await rename(temporary, path);
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

/** `<oid> <type> <size>\n<content>\n`, or `<name> missing\n`. */
function takeObject(output: Buffer): { answer: FoundObject | null; bytes: number } | null {
  const lineEnd = output.indexOf(10);
  if (lineEnd < 0) return null;
  const words = output.toString("utf8", 0, lineEnd).split(" ");
  const [oid, type, size] = words.slice(-3);
  if (words.at(-1) === "missing" || words.at(-1) === "ambiguous" || !oid || !type) {
    return { answer: null, bytes: lineEnd + 1 };
  }
  const end = lineEnd + 1 + Number(size);
  if (output.length < end + 1) return null;
  return { answer: { oid, type, content: Buffer.from(output.subarray(lineEnd + 1, end)) }, bytes: end + 1 };
}

/** `<size>\n`, or `<name> missing\n`. */
function takeSize(output: Buffer): { answer: number | null; bytes: number } | null {
  const lineEnd = output.indexOf(10);
  if (lineEnd < 0) return null;
  const text = output.toString("utf8", 0, lineEnd);
  return { answer: /^\d+$/.test(text) ? Number(text) : null, bytes: lineEnd + 1 };
}
