// A process that fills a bare repository with a knowledge base of a given size, as one commit. It is not the process that measures:
// one that has held so much would start git more slowly ever after.
import { mkdirSync } from "node:fs";

import { feedGit, git } from "./kb-git.ts";
import { filledFiles } from "./kb-notes.ts";

const MESSAGE = "Fill the knowledge base";

function* commitStream(size: number): Generator<string> {
  yield `commit refs/heads/main\ncommitter Winnow <winnow@localhost> 1772443800 +0000\ndata ${MESSAGE.length}\n${MESSAGE}\n`;
  for (const { path, content } of filledFiles(size)) {
    yield `M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`;
  }
}

const [path = "", size = ""] = process.argv.slice(2);
mkdirSync(path, { recursive: true });
await git(path, "init", "-q", "--bare", "-b", "main");
await feedGit(path, ["fast-import", "--quiet"], commitStream(Number(size)));
