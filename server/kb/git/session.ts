import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { Socket } from "node:net";

import { GitError, gitMissing, killGroup, startGit, tooSlow } from "./git.ts";

/** A git process that stays and answers questions one after another: starting one costs more than most answers. */
export type Session = {
  /**
   * Writes a question and reads one answer.
   * @param take looks at all that came since; returns the answer and how many bytes it took, or null when it is not complete
   * @throws GitError when the process ends instead of answering; the next question starts a new one
   */
  ask: <Answer>(
    question: string,
    take: (output: Buffer) => { answer: Answer; bytes: number } | null,
  ) => Promise<Answer>;
  close: () => void;
};

/** An open question. `look` hands over its answer when that is complete, and says how many bytes it took. */
type Waiting = { look: (output: Buffer) => number | null; reject: (error: Error) => void };

const ANSWER_TIMEOUT_MS = 30_000;
/** A session that nobody asks is ended, and started again when someone does. */
const IDLE_MS = 60_000;

export function openSession(folder: string, args: readonly string[]): Session {
  let child: ChildProcessWithoutNullStreams | undefined;
  let output: Buffer = Buffer.alloc(0);
  let waiting: Waiting[] = [];
  let idleTimer: NodeJS.Timeout | undefined;
  let answerTimer: NodeJS.Timeout | undefined;

  const failAll = (error: Error) => {
    const failed = waiting;
    waiting = [];
    for (const each of failed) each.reject(error);
  };

  const start = (): ChildProcessWithoutNullStreams => {
    const started = startGit(folder, args);
    let stderr = "";
    output = Buffer.alloc(0);
    started.stdout.on("data", (chunk: Buffer) => {
      output = output.length === 0 ? chunk : Buffer.concat([output, chunk]);
      answer();
    });
    started.stderr.on("data", (chunk: Buffer) => {
      if (stderr.length < 10_000) stderr += chunk.toString();
    });
    started.stdin.on("error", () => {});
    started.on("error", (error) => ended(started, gitMissing(error)));
    started.on("close", (code) => ended(started, new GitError(args[0] ?? "", code, stderr)));
    return started;
  };

  const ended = (which: ChildProcessWithoutNullStreams, error: Error) => {
    if (which !== child) return;
    child = undefined;
    settleDown();
    failAll(error);
  };

  const answer = () => {
    while (waiting[0]) {
      const bytes = waiting[0].look(output);
      if (bytes === null) return;
      output = output.subarray(bytes);
      waiting.shift();
      rest();
    }
  };

  /** After each answer: the clock for the next one, or the wait for the next question. */
  const rest = () => {
    clearTimeout(answerTimer);
    if (waiting.length > 0) {
      answerTimer = setTimeout(giveUp, ANSWER_TIMEOUT_MS);
      return;
    }
    hold(false);
    idleTimer = setTimeout(close, IDLE_MS).unref();
  };

  const giveUp = () => {
    const stuck = child;
    child = undefined;
    if (stuck) killGroup(stuck);
    failAll(tooSlow(args[0] ?? "", ANSWER_TIMEOUT_MS));
  };

  const settleDown = () => {
    clearTimeout(answerTimer);
    clearTimeout(idleTimer);
  };

  /** Only a session with an open question keeps this process alive. */
  const hold = (isBusy: boolean) => {
    if (!child) return;
    for (const end of [child, child.stdin, child.stdout, child.stderr]) {
      if (!(end instanceof Socket) && end !== child) continue;
      if (isBusy) end.ref();
      else end.unref();
    }
  };

  const close = () => {
    settleDown();
    const closing = child;
    child = undefined;
    closing?.stdin.end();
    failAll(new GitError(args[0] ?? "", null, "closed"));
  };

  return {
    ask: (question, take) =>
      new Promise((resolve, reject) => {
        clearTimeout(idleTimer);
        child ??= start();
        const look = (sofar: Buffer) => {
          const taken = take(sofar);
          if (taken) resolve(taken.answer);
          return taken?.bytes ?? null;
        };
        waiting.push({ look, reject });
        if (waiting.length === 1) {
          hold(true);
          answerTimer = setTimeout(giveUp, ANSWER_TIMEOUT_MS);
        }
        child.stdin.write(question);
      }),
    close,
  };
}
