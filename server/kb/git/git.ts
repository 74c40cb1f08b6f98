import { type ChildProcess, spawn } from "node:child_process";

import { machineEnv } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";

/** Settings that hold for every git we start, whatever the repository's own config says. */
const CONFIG: ReadonlyArray<readonly [string, string]> = [
  ["core.hooksPath", "/dev/null"],
  ["core.attributesFile", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.quotePath", "false"],
  ["core.autocrlf", "false"],
  // Whatever system the folder is read on later.
  ["core.protectNTFS", "true"],
  ["core.protectHFS", "true"],
  ["core.askPass", ""],
  // What is acknowledged is on the disk.
  ["core.fsync", "objects,reference,derived-metadata"],
  ["core.logAllRefUpdates", "false"],
  ["core.filesRefLockTimeout", "500"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["credential.helper", ""],
  ["protocol.ext.allow", "never"],
  ["submodule.recurse", "false"],
  ["fetch.recurseSubmodules", "false"],
  // A remote that stops talking is given up.
  ["http.lowSpeedLimit", "100"],
  ["http.lowSpeedTime", "30"],
];

const TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const MAX_COMPLAINT_BYTES = 16 * 1024;

export type GitOptions = {
  input?: string | Buffer;
  timeoutMs?: number;
  /** More config for this call only; it goes through the environment, never into a file or an argument. */
  config?: ReadonlyArray<readonly [string, string]>;
  /** Exit codes that are answers. */
  okCodes?: readonly number[];
  /** More of the environment for this call only. */
  env?: Readonly<Record<string, string>>;
  /** Hears what git says while it works. */
  onStderr?: (chunk: string) => void;
};

export type GitAnswer = { code: number; stdout: Buffer; stderr: string };

/** A git command that failed. The message may hold what git said: redact it before showing it. */
export class GitError extends Error {
  override readonly name = "GitError";
  readonly code: number | null;
  readonly stderr: string;

  constructor(command: string, code: number | null, stderr: string) {
    super(`git ${command} ended with ${code ?? "a signal"}: ${stderr.trim().slice(0, 500)}`);
    this.code = code;
    this.stderr = stderr;
  }
}

/**
 * Runs one git command in a folder, in a process group of its own that is killed when the time is over.
 * @throws GitError when it exits with a code that is not an answer, AppError `unavailable` when it takes too long or git is missing
 */
export function git(folder: string, args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> {
  const { input, timeoutMs = TIMEOUT_MS, okCodes = [0], onStderr } = options;
  return new Promise((resolve, reject) => {
    const child = startGit(folder, args, options);
    const chunks: Buffer[] = [];
    let stdoutBytes = 0;
    let stderr = "";
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      killGroup(child);
    }, timeoutMs);
    child.stdout.on("data", (chunk: Buffer) => {
      stdoutBytes += chunk.length;
      if (stdoutBytes > MAX_OUTPUT_BYTES) killGroup(child);
      else chunks.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      const text = chunk.toString();
      onStderr?.(text);
      // The end of what it says tells what went wrong.
      stderr = `${stderr}${text}`.slice(-MAX_COMPLAINT_BYTES);
    });
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(gitMissing(error));
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      if (isLate) reject(tooSlow(args[0] ?? "", timeoutMs));
      else if (code !== null && okCodes.includes(code)) resolve({ code, stdout: Buffer.concat(chunks), stderr });
      else reject(new GitError(args[0] ?? "", code, stderr));
    });
    // A git that ends before it has read everything says so by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
  });
}

/** The text that a git command printed, without the line end. */
export async function gitText(folder: string, args: readonly string[], options?: GitOptions): Promise<string> {
  return (await git(folder, args, options)).stdout.toString().replace(/\n$/, "");
}

/** Starts git with nothing of our environment but what the machine needs. The caller minds its end. */
export function startGit(
  folder: string,
  args: readonly string[],
  { config = [], env = {} }: Pick<GitOptions, "config" | "env"> = {},
) {
  const settings = [...CONFIG, ["safe.directory", folder] as const, ...config];
  return spawn("git", args, {
    cwd: folder,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      ...machineEnv(),
      LC_ALL: "C",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_TERMINAL_PROMPT: "0",
      GIT_LITERAL_PATHSPECS: "1",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_ALLOW_PROTOCOL: "file:http:https:ssh",
      GIT_SSH_COMMAND: SSH,
      GIT_AUTHOR_NAME: WINNOW.name,
      GIT_AUTHOR_EMAIL: WINNOW.email,
      GIT_COMMITTER_NAME: WINNOW.name,
      GIT_COMMITTER_EMAIL: WINNOW.email,
      ...env,
      GIT_CONFIG_COUNT: String(settings.length),
      ...Object.fromEntries(
        settings.flatMap(([key, value], i) => [
          [`GIT_CONFIG_KEY_${i}`, key],
          [`GIT_CONFIG_VALUE_${i}`, value],
        ]),
      ),
    },
  });
}

/** ssh that asks nobody anything. */
export const SSH = "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4";

/** Ends a git and whatever it started. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // It ended by itself in between.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Who writes into the knowledge base on behalf of people. */
export const WINNOW = { name: "Winnow", email: "winnow@localhost" } as const;

export function gitMissing(cause: unknown): AppError {
  return new AppError(
    "unavailable",
    "git could not be started on this machine, so the knowledge base cannot be read or written. Install git 2.36 or newer and try again.",
    { cause },
  );
}

export function tooSlow(command: string, timeoutMs: number): AppError {
  return new AppError(
    "unavailable",
    `git ${command} did not finish within ${Math.round(timeoutMs / 1000)} seconds and was stopped. Nothing is lost; it is tried again.`,
  );
}
