import { type FileChange, isNoteText, type KbTree } from "#server/kb/index.ts";
import { AppError } from "#server/lib/errors.ts";

/** A task that changes more than this is none that a person can look through. */
const MOST_FILES = 200;
const MOST_BYTES = 8 * 1024 * 1024;

/** The files of one commit with changes on top that nobody else sees. */
export type Overlay = KbTree & {
  /** Puts notes there, all of them or none; null takes one out. @throws AppError `invalid_input` where it is too much, or no text */
  set: (...files: ReadonlyArray<{ path: string; content: string | null }>) => void;
  /** What is not as in the commit, by path. */
  changes: () => Promise<Array<{ path: string; before: string | null; after: string | null }>>;
  /** Whether a file is not as in the commit. */
  isChanged: (path: string) => boolean;
};

/** An overlay without changes. */
export function openOverlay(base: KbTree): Overlay {
  const changed = new Map<string, string | null>();
  const listed = new Map<string, Promise<string[]>>();

  const listBase = (folder: string) => {
    const known = listed.get(folder) ?? base.list(folder);
    listed.set(folder, known);
    return known;
  };
  const list = async (folder: string): Promise<string[]> => {
    const paths = new Set(await listBase(folder));
    for (const [path, content] of changed) {
      if (content === null) paths.delete(path);
      else if (path.startsWith(prefixOf(folder))) paths.add(path);
    }
    return [...paths].toSorted();
  };
  return {
    head: base.head,
    read: async (path) => (changed.has(path) ? (changed.get(path) ?? null) : base.read(path)),
    list,
    names: async (folder) => {
      const below = (await list(folder)).map((path) => path.slice(prefixOf(folder).length).split("/"));
      return [...new Set(below.map(([name = "", ...rest]) => (rest.length > 0 ? `${name}/` : name)))];
    },
    set: (...files) => {
      const after = new Map([...changed, ...files.map(({ path, content }) => [path, content] as const)]);
      const bytes = [...after.values()].reduce((sum, each) => sum + Buffer.byteLength(each ?? ""), 0);
      if (after.size > MOST_FILES || bytes > MOST_BYTES) {
        throw new AppError(
          "invalid_input",
          `A task changes at most ${MOST_FILES} notes, and ${MOST_BYTES / 1024 / 1024} MiB in all. This change was not made; finish, and name what is left.`,
        );
      }
      if (files.some(({ content }) => content !== null && !isNoteText(content))) {
        throw new AppError("invalid_input", "A note is a text of at most 1 MiB. This one was not written.");
      }
      for (const { path, content } of files) changed.set(path, content);
    },
    changes: async () => {
      const all = await Promise.all(
        [...changed].map(async ([path, after]) => ({ path, before: await base.read(path), after })),
      );
      return all.filter(({ before, after }) => before !== after);
    },
    isChanged: (path) => changed.has(path),
  };
}

/** Changes as the knowledge base takes them. */
export function asFileChange({ path, after }: { path: string; after: string | null }): FileChange {
  return after === null ? { path, delete: true } : { path, content: after };
}

const prefixOf = (folder: string) => (folder === "" ? "" : `${folder}/`);
