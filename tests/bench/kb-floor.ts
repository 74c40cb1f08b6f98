// A process that commits notes as a peer does: it writes the files, then `git add` and `git commit`, and `git push` where asked to.
// A process of its own, because git starts the more slowly the more memory the process holds that starts it.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { git } from "./kb-git.ts";

export type WrittenFile = { path: string; content: string };
/** Each of the commits brings its files. */
export type FloorOrder = { folder: string; commits: WrittenFile[][]; isPushed: boolean };
export type FloorResult = { durationsMs: number[] };

/** No less durable than Winnow's own commits, and nothing that comes in between now and then. */
const SETTINGS = [
  "core.fsync=objects,reference,derived-metadata",
  "gc.auto=0",
  "user.name=Vera",
  "user.email=v@x.invalid",
];
const CONFIG = SETTINGS.flatMap((setting) => ["-c", setting]);

process.on("message", (order: FloorOrder) => {
  void work(order).then((durationsMs) => process.send!({ durationsMs } satisfies FloorResult));
});

async function work({ folder, commits, isPushed }: FloorOrder): Promise<number[]> {
  const durationsMs: number[] = [];
  for (const files of commits) {
    const startedMs = performance.now();
    for (const { path, content } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    await git(folder, ...CONFIG, "add", "--", ...files.map((file) => file.path));
    await git(folder, ...CONFIG, "commit", "-q", "-m", "Add a note");
    if (isPushed) await git(folder, ...CONFIG, "push", "-q", "origin", "main");
    durationsMs.push(performance.now() - startedMs);
  }
  return durationsMs;
}
