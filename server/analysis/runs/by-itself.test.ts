import { describe, expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { newId } from "#server/lib/ids.ts";
import { createLlm } from "#server/llm/index.ts";
import { setSetting } from "#server/settings/index.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { isWithinHours, startAutomaticRun } from "./auto.ts";
import { prepareBatches } from "./batches.ts";
import { createRun } from "./create.ts";
import { listRuns } from "./queries.ts";
import { cancelRun } from "./runs.ts";
import { startScheduledRun } from "./schedule.ts";

const MINUTE_MS = 60_000;
const at = (clock: string) => new Date(`2026-11-24T${clock}:00Z`);
const llmOf = (ctx: Ctx) =>
  createLlm({ env: { LLM_MODEL: "none" }, db: ctx.db, log: ctx.log, now: ctx.now, secret: "a secret of tests" });
/** The same, at another time. */
const when = (ctx: Ctx, now: Date): Ctx => ({ ...ctx, now: () => now });

async function automaticSpace(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  await setSetting(ctx, { spaceId, key: "analysis.auto", value: true });
  await setSetting(ctx, { spaceId, key: "analysis.autoMessages", value: 3 });
  const chat = await make.chat({ spaceId });
  const say = (text: string, sentAt: Date, chatId = chat.id) => make.message({ chatId, text, sentAt });
  const look = (now: Date) => startAutomaticRun({ llm: llmOf(ctx) }, when(ctx, now), { spaceId });
  return { spaceId, chatId: chat.id, say, look };
}

describe("a run that starts by itself", () => {
  test("reads the chats that have enough that is new and are quiet, from the oldest of it on, once", async ({
    ctx,
    db,
    make,
  }) => {
    const { spaceId, chatId, say, look } = await automaticSpace(ctx, make);
    const busy = await make.chat({ spaceId });
    for (const clock of ["08:58", "08:59", "09:00"]) await say("Please check the pump.", at(clock));
    for (const clock of ["08:58", "09:01", "09:04"]) await say("Please check the rope.", at(clock), busy.id);
    expect(await look(at("09:04"))).toBeNull();

    const runs = await Promise.all([look(at("09:06")), look(at("09:06"))]);
    const [runId, ...others] = runs.filter((id) => id !== null);
    expect(others).toEqual([]);
    expect(await db.prisma.run.findUnique({ where: { id: runId! } })).toMatchObject({
      ...{
        status: "running",
        trigger: "automatic",
        chatIds: [chatId],
        windowStart: at("08:58"),
        windowEnd: at("09:06"),
      },
    });

    // Whatever became of it: what a run has had is not new.
    await prepareBatches({ llm: llmOf(ctx) }, ctx, { spaceId, runId: runId! });
    await cancelRun(ctx, { spaceId, runId: runId! });
    await db.prisma.message.deleteMany({ where: { chatId: busy.id } });
    expect(await look(at("09:30"))).toBeNull();
  });

  test("reads fewer messages when they are a day old, and none outside of its hours or when it is off", async ({
    ctx,
    make,
  }) => {
    const { spaceId, say, look } = await automaticSpace(ctx, make);
    await say("Please check the pump.", at("09:00"));
    expect(await look(at("12:00"))).toBeNull();
    const dayLater = new Date(at("09:00").getTime() + 24 * 60 * MINUTE_MS);
    await setSetting(ctx, { spaceId, key: "analysis.autoHours", value: "10-18" });
    expect(await look(dayLater)).toBeNull();
    await setSetting(ctx, { spaceId, key: "analysis.auto", value: false });
    expect(await look(new Date(dayLater.getTime() + 60 * MINUTE_MS))).toBeNull();
    await setSetting(ctx, { spaceId, key: "analysis.auto", value: true });
    expect(await look(new Date(dayLater.getTime() + 60 * MINUTE_MS))).not.toBeNull();
  });

  test("waits for the next month where the budget of this one is spent", async ({ ctx, db, make }) => {
    const { spaceId, say } = await automaticSpace(ctx, make);
    for (const clock of ["08:58", "08:59", "09:00"]) await say("Please check the pump.", at(clock));
    await setSetting(ctx, { spaceId, key: "models.monthBudgetCents", value: 100 });
    await db.prisma.llmCall.create({
      data: {
        ...{
          id: newId(),
          spaceId,
          useCase: "analysis.extract",
          promptVersion: 1,
          provider: "openai",
          model: "gpt-4.1",
        },
        ...{ attempt: 1, outcome: "ok", costUsd: "1.2", latencyMs: 5, startedAt: at("08:00") },
      },
    });
    const llm = createLlm({
      ...{
        env: { LLM_MODEL: "gpt-4.1", OPENAI_API_KEY: "sk-test" },
        db,
        log: ctx.log,
        now: ctx.now,
        secret: "a secret of tests",
      },
    });
    const look = (now: Date) => startAutomaticRun({ llm }, when(ctx, now), { spaceId });
    expect(await look(at("10:00"))).toBeNull();
    expect(await look(new Date("2026-12-01T00:00:00Z"))).not.toBeNull();
  });

  test("closes a run that found nothing, and leaves every other one to people", async ({ ctx, db, make }) => {
    const { spaceId, say, look } = await automaticSpace(ctx, make);
    for (const clock of ["08:58", "08:59", "09:00"]) await say("Please check the pump.", at(clock));
    const open = await make.run({ spaceId, status: "reviewed" });
    await db.prisma.run.update({ where: { id: open.id }, data: { batchesTotal: 2, batchesDone: 1, batchesFailed: 1 } });
    expect(await look(at("10:00"))).toBeNull();
    await db.prisma.run.update({ where: { id: open.id }, data: { batchesDone: 2, batchesFailed: 0 } });
    expect(await look(at("10:01"))).not.toBeNull();
    expect((await db.prisma.run.findUniqueOrThrow({ where: { id: open.id } })).status).toBe("closed");
  });

  test.each([
    ["0-24", "03:00", true],
    ["9-18", "07:59", false],
    ["9-18", "08:00", true],
    ["9-18", "17:00", false],
    ["22-6", "22:30", true],
    ["22-6", "04:59", true],
    ["22-6", "05:00", false],
  ])("between %s, at %s UTC in Berlin: %s", (hours, clock, expected) => {
    expect(isWithinHours(hours, "Europe/Berlin", at(clock))).toBe(expected);
  });
});

describe("a scheduled run", () => {
  async function scheduledSpace(ctx: Ctx, make: Make) {
    const { id: spaceId } = await make.space();
    await ctx.db.prisma.space.update({ where: { id: spaceId }, data: { timeZone: "Europe/Berlin" } });
    await setSetting(when(ctx, at("06:30")), { spaceId, key: "analysis.schedule", value: "0 9 * * *" });
    const look = (now: Date) => startScheduledRun({ llm: llmOf(ctx) }, when(ctx, now), { spaceId });
    return { spaceId, look };
  }

  test("starts once at its moment, however many workers look, over what was said since the last run", async ({
    ctx,
    db,
    make,
  }) => {
    const { spaceId, look } = await scheduledSpace(ctx, make);
    const last = await make.run({ spaceId, status: "closed" });
    await db.prisma.run.update({
      where: { id: last.id },
      data: { windowEnd: at("05:00"), windowStart: at("04:00"), completedAt: at("05:01") },
    });
    // 09:00 in Berlin is 08:00 UTC; 09:00 of the day before was none of it.
    expect(await look(at("07:59"))).toBeNull();
    const runs = await Promise.all([look(at("08:00")), look(at("08:00")), look(at("08:00"))]);
    const [runId, ...others] = runs.filter((id) => id !== null);
    expect(others).toEqual([]);
    expect(await db.prisma.run.findUnique({ where: { id: runId! } })).toMatchObject({
      ...{ trigger: "scheduled", status: "running", windowStart: at("05:00"), windowEnd: at("08:00"), chatIds: [] },
    });
    // The others had nothing to start, and so nothing to say.
    const { scheduleSkipped } = await db.prisma.space.findUniqueOrThrow({ where: { id: spaceId } });
    expect(scheduleSkipped).toBeNull();
    await cancelRun(ctx, { spaceId, runId: runId! });
    expect(await look(at("08:01"))).toBeNull();
    expect(await look(new Date(at("08:02").getTime() + 3 * 24 * 60 * MINUTE_MS))).not.toBeNull();
  });

  test("is not started while another is open, and the space says why", async ({ ctx, make }) => {
    const { spaceId, look } = await scheduledSpace(ctx, make);
    const window = { windowStart: at("04:00"), windowEnd: at("05:00") };
    const { id: runId } = await createRun(when(ctx, at("07:00")), { spaceId, ...window });
    expect(await look(at("08:00"))).toBeNull();
    const said = async () => (await listRuns(when(ctx, at("08:05")), { spaceId, limit: 5 })).byItself;
    expect(await said()).toMatchObject({
      nextScheduledAt: new Date("2026-11-25T08:00:00Z"),
      scheduleSkipped: expect.stringMatching(
        /scheduled run of 24 Nov 2026, 09:00 was not started, because the run of .* is not started yet/,
      ),
    });
    await cancelRun(ctx, { spaceId, runId });
    // That moment is over; the next one starts, and takes the words away.
    expect(await look(at("08:10"))).toBeNull();
    expect(await look(new Date("2026-11-25T08:00:30Z"))).not.toBeNull();
    expect((await said()).scheduleSkipped).toBeNull();
  });
});
