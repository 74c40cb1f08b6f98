import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import { createRun, startRun } from "#server/analysis/index.ts";
import { createAuth, setUpFirstAdmin } from "#server/auth/index.ts";
import { systemClock } from "#server/lib/clock.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { type Env, appUrl } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";
import { createLog } from "#server/lib/log.ts";
import { providerOf } from "#server/llm/index.ts";
import type { Winnow } from "#server/start/winnow.ts";
import { webhookSecret } from "#server/telegram/index.ts";

import { demoUpdates } from "./conversation.ts";

const ADMIN = { name: "Ingrid Solheim", email: "ingrid@nordlys.example" };
const SPACE = "Nordlys Ferries";
/** So that whoever opens the link at once sees the messages come in. */
const BETWEEN_UPDATES_MS = 70;
const LOOK_INTERVAL_MS = 250;
const WINDOW_MS = 48 * 3600_000;

type Stage = { winnow: Winnow; env: Env; say: (line: string) => void; signal: AbortSignal };

/**
 * Plays the bundled conversation on a fresh Winnow: makes its first admin and space, sends every message through the
 * webhook, runs an analysis, and says where to look.
 */
export async function play(stage: Stage): Promise<void> {
  const { winnow, env, say, signal } = stage;
  const admin = await signUp(winnow);
  const provider = providerOf(env);
  const auth = createAuth({
    db: winnow.db,
    log: createLog({ level: "silent" }),
    secret: winnow.home.authSecret,
    baseUrl: appUrl(env),
  });
  const signInLink = () => auth.createSignInLink({ email: ADMIN.email, path: `/s/${admin.spaceSlug}/review` });
  say(
    `\nWinnow runs at ${winnow.url}. This link signs you in as ${ADMIN.name}, once, within 15 minutes; open it now and see the messages come in:\n\n  ${await signInLink()}\n`,
  );

  const updates = demoUpdates(new Date());
  say(`${SPACE}, an invented team, talks: ${updates.length} updates through the Telegram webhook…`);
  for (const update of updates) {
    await send(stage, update);
    await pause(BETWEEN_UPDATES_MS, undefined, { signal });
  }
  await untilRecorded(stage);

  const ctx: Ctx = {
    actor: { type: "user", userId: admin.userId, name: ADMIN.name },
    db: winnow.db,
    log: createLog({ level: "silent" }),
    now: systemClock,
  };
  const now = ctx.now();
  const run = { spaceId: admin.spaceId, windowStart: new Date(now.getTime() - WINDOW_MS), windowEnd: now };
  const { id: runId } = await createRun(ctx, run);
  await startRun(ctx, { spaceId: admin.spaceId, runId, provider });
  say(`An analysis reads them (${provider.label})…`);
  await untilCompleted(stage, runId);

  say(await summary(stage, admin, await signInLink()));
}

async function signUp({ db, setUpUrl }: Winnow) {
  const token = setUpUrl && new URL(setUpUrl).searchParams.get("token");
  if (!token)
    throw new AppError(
      "conflict",
      "The demo's database has a user already: stop every other demo, then start it again.",
    );
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const password = randomBytes(9).toString("base64url");
  const made = await setUpFirstAdmin(
    { db, now: systemClock },
    { token, ...ADMIN, password, spaceName: SPACE, timeZone },
  );
  return { ...made, password };
}

async function send({ winnow, env, signal }: Stage, update: object): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${env.PORT}/api/telegram/webhook`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-telegram-bot-api-secret-token": webhookSecret(env, winnow.home.authSecret),
    },
    body: JSON.stringify(update),
    signal,
  });
  if (!answer.ok)
    throw new AppError("unavailable", `The webhook did not take an update (${answer.status}): ${await answer.text()}`);
}

async function untilRecorded({ winnow, signal }: Stage): Promise<void> {
  while ((await winnow.db.prisma.inboundUpdate.count({ where: { handledAt: null } })) > 0) {
    await pause(LOOK_INTERVAL_MS, undefined, { signal });
  }
}

async function untilCompleted({ winnow, signal }: Stage, runId: string): Promise<void> {
  for (;;) {
    const run = await winnow.db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
    if (run.status === "failed" || run.status === "cancelled") {
      throw new AppError("unavailable", `The run ${run.status}: ${run.failure ?? "somebody cancelled it."}`);
    }
    if (run.completedAt) return;
    await pause(LOOK_INTERVAL_MS, undefined, { signal });
  }
}

async function summary(
  { winnow, env }: Stage,
  { spaceId, password }: { spaceId: string; password: string },
  link: string,
): Promise<string> {
  const messages = await winnow.db.prisma.message.count({ where: { spaceId } });
  const kinds = await winnow.db.prisma.proposal.groupBy({
    by: ["kind"],
    where: { spaceId },
    _count: true,
    orderBy: { kind: "asc" },
  });
  const total = kinds.reduce((sum, { _count }) => sum + _count, 0);
  // As the pages call them.
  const words = { task: "task", atom: "fact", topic: "topic", note: "note" };
  const byKind = kinds
    .map(({ kind, _count }) => `${_count} ${_count === 1 ? words[kind] : `${words[kind]}s`}`)
    .join(", ");
  return [
    "",
    `Done: ${messages} messages, ${total} proposals to review (${byKind}).`,
    "",
    `  ${link}`,
    "",
    `That link is new, for one more sign-in. Later: ${ADMIN.email} with the password ${password}`,
    "",
    "  j k    next, previous        a  approve    r  reject",
    "  Enter  open the evidence     e  edit       m  merge into another",
    "  ?      every key             z  undo",
    "",
    `Notes are commits in ${env.KB_DIR ?? `${env.DATA_DIR}/kb`}. Each demo starts fresh. Ctrl-C stops it.`,
    "",
  ].join("\n");
}
