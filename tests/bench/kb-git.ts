import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Runs git to its end, as the usual design does, with nothing of a person's own configuration. */
export async function git(folder: string, ...args: string[]): Promise<void> {
  await ended(startGit(folder, args, "ignore"), args);
}

/** Runs git with something to read. */
export async function feedGit(folder: string, args: string[], input: Iterable<string>): Promise<void> {
  const child = startGit(folder, args, "pipe");
  const done = ended(child, args);
  for (const part of input) {
    if (!child.stdin!.write(part)) await once(child.stdin!, "drain");
  }
  child.stdin!.end();
  await done;
}

function startGit(folder: string, args: string[], stdin: "ignore" | "pipe"): ChildProcess {
  return spawn("git", args, {
    cwd: folder,
    stdio: [stdin, "ignore", "inherit"],
    env: { ...process.env, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
  });
}

async function ended(child: ChildProcess, args: string[]): Promise<void> {
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`git ${args.join(" ")} ended with ${code}.`);
}
