import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** How it is asked to stop, and how long each way is given: fast, at once without a checkpoint, killed. */
const WAYS = [
  ["SIGINT", 15_000],
  ["SIGQUIT", 5_000],
  ["SIGKILL", 5_000],
] as const;
const LOOK_INTERVAL_MS = 50;

/**
 * Stops a server that still runs on a folder although whoever started it was killed. Its note of itself is forgotten when
 * the number in it belongs to some other program by now; Postgres alone would refuse to start for ever.
 */
export async function stopOrphan(dir: string): Promise<void> {
  const noteFile = join(dir, "postmaster.pid");
  if (!existsSync(noteFile)) return;
  const pid = Number.parseInt(readFileSync(noteFile, "utf8"), 10);
  if (!(pid > 1) || !isAlive(pid)) return;
  if (!isServerOn(pid, dir)) {
    rmSync(noteFile, { force: true });
    return;
  }
  for (const [signal, patienceMs] of WAYS) {
    const untilMs = Date.now() + patienceMs;
    process.kill(pid, signal);
    while (isAlive(pid) && Date.now() < untilMs) await pause(LOOK_INTERVAL_MS);
    if (!isAlive(pid)) return;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is alive too.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** A server stands in its data folder; where that cannot be seen, its command line names the folder. */
function isServerOn(pid: number, dir: string): boolean {
  if (existsSync("/proc/self/cwd")) {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dir);
    } catch {
      return false;
    }
  }
  return spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout.includes(dir);
}
