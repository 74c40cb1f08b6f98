import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

import { AppError } from "#server/lib/errors.ts";
import type { Log } from "#server/lib/log.ts";
import type { ToChild } from "#server/lib/process.ts";

/** A process that is started again whenever it ends without being asked to. */
export type Child = {
  /** Settles when it has said that it works; rejects when its very first start fails, in words that it has printed itself. */
  ready: Promise<void>;
  /** Ends this one and starts the next, for code that has changed. */
  restart: () => void;
  /** Asks it to stop and waits; after the limit it is killed. */
  stop: () => Promise<void>;
  /** Ends it now. */
  kill: () => void;
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** One that worked this long has earned a quick restart again. */
const STEADY_AFTER_MS = 60_000;
/** Longer than a child gives itself. */
const STOP_LIMIT_MS = 25_000;

/** Forks a program of ours, with a channel: when we are killed it notices, and stops. */
export function startChild(options: {
  name: string;
  file: string;
  args?: string[];
  env: Record<string, string | undefined>;
  log: Log;
}): Child {
  const { name, file, args = [], env, log } = options;
  const first = Promise.withResolvers<void>();
  const stopping = new AbortController();
  let current: ChildProcess | undefined;
  let isRestarting = false;

  const runOnce = () =>
    new Promise<string>((resolve) => {
      // Its own process group: Ctrl-C in the terminal reaches only us, and we stop them in order.
      const child = spawn(process.execPath, [...process.execArgv.filter(isForChildren), file, ...args], {
        stdio: ["ignore", "inherit", "inherit", "ipc"],
        env: env as NodeJS.ProcessEnv,
        detached: true,
      });
      current = child;
      child.on("message", (message) => {
        if (typeof message === "object" && "type" in message && message.type === "ready") first.resolve();
      });
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ?? `code ${code}`));
    });

  const keepRunning = async () => {
    let pauseMs = FIRST_PAUSE_MS;
    let isFirst = true;
    void first.promise.then(
      () => (isFirst = false),
      () => {},
    );
    while (!stopping.signal.aborted) {
      const startedMs = Date.now();
      const how = await runOnce();
      if (stopping.signal.aborted) return;
      if (isFirst) {
        first.reject(
          new AppError("unavailable", `The ${name} process could not start (${how}): what it said stands above.`),
        );
        return;
      }
      if (isRestarting) {
        isRestarting = false;
        continue;
      }
      if (Date.now() - startedMs > STEADY_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
      log.error({ process: name, how, againInMs: pauseMs }, "start.child ended and is started again");
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  };
  const ended = keepRunning();

  return {
    ready: first.promise,
    restart: () => {
      isRestarting = true;
      askToStop(current);
    },
    stop: async () => {
      stopping.abort();
      askToStop(current);
      const timer = setTimeout(() => current?.kill("SIGKILL"), STOP_LIMIT_MS);
      await ended;
      clearTimeout(timer);
    },
    kill: () => {
      stopping.abort();
      current?.kill("SIGKILL");
    },
  };
}

function askToStop(child: ChildProcess | undefined): void {
  const word: ToChild = { type: "stop" };
  if (child?.connected) child.send(word, () => {});
  else child?.kill("SIGTERM");
}

/** Our own flags are theirs too, except those that only make sense once. */
function isForChildren(flag: string): boolean {
  return !flag.startsWith("--env-file") && !flag.startsWith("--inspect");
}
