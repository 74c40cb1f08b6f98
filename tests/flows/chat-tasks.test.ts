import { describe, expect, onTestFinished } from "vitest";

import { createNote } from "#server/knowledge/request.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { call, done, plan } from "#tests/support/model-script.ts";
import { startFakeModel } from "#tests/support/fake-model.ts";
import { subjects } from "#tests/support/kb.ts";
import { QUICK } from "#tests/support/llm.ts";
import { onlySpace, openTelegramRoom } from "#tests/support/telegram-room.ts";
import { test } from "#tests/support/test.ts";

// Agent mode over the real doors: a task comes by the webhook, the model works with its tools, the person sees it work.

async function open(ctx: Ctx, spaceId: string, { withModel = true } = {}) {
  const model = await startFakeModel();
  onTestFinished(() => model.stop());
  const env = { OPENAI_BASE_URL: model.baseUrl, OPENAI_API_KEY: "sk-secret", LLM_MODEL: "test-model" };
  const room = await openTelegramRoom(ctx, spaceId, { timing: QUICK, ...(withModel ? { env } : {}) });
  onTestFinished(() => room.stop());
  const kb = await room.services.kbs.open(spaceId);
  await createNote(ctx, { spaceId, type: "Note", topic: null, tags: [], title: "Permit", body: "It ends in April." });
  await expect.poll(() => ctx.db.prisma.note.count({ where: { spaceId } }), { timeout: 10_000 }).toBe(1);
  const note = await ctx.db.prisma.note.findFirstOrThrow({ where: { spaceId } });
  return { ...room, kb, model, note };
}

describe("a task", () => {
  test("is planned, done and told in one message, and taken back by its button", async ({ ctx, db, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const { model, note, kb, ...room } = await open(ctx, spaceId);
    model.next(
      plan("Read the note", "Correct it"),
      call("read_note", { path: note.path }),
      call("edit_note", { path: note.path, passage: "April", text: "May" }),
      done("The permit ends in May now."),
    );
    const maren = room.person(5101, "Maren");
    await maren.say("/agent The permit ends in May, correct it");
    const told = await maren.hears("Task done");
    expect(maren.messages()).toHaveLength(1);
    expect(told.text).toContain("The permit ends in May now.");
    expect(told.text).toContain(`Changed ${note.path} +1 −1`);
    // Telegram opens no address of this machine; the other button of the post is left.
    expect(told.buttons.flat().map(({ text }) => text)).toEqual(["Undo"]);
    expect(await kb.readFile(note.path)).toContain("It ends in May.");
    expect((await subjects(kb))[0]).toBe("Task: The permit ends in May, correct it");
    expect(await db.prisma.turn.count()).toBe(2);

    await maren.press("Undo");
    await maren.hears("Task taken back");
    await expect.poll(() => kb.readFile(note.path)).toContain("It ends in April.");
    expect(room.services.failures).toEqual([]);
  });

  test("is stopped by its button in the middle, with nothing written", async ({ ctx, db, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const { model, note, kb, ...room } = await open(ctx, spaceId);
    const before = await subjects(kb);
    model.next(plan("Take it out"), call("delete_note", { path: note.path }), { type: "hang" });
    const maren = room.person(5101, "Maren");
    await maren.say("/agent Take the permit out");
    await model.received(3);
    await maren.hears("Take it out");
    await maren.press("Cancel");
    await maren.hears("Cancelled. Nothing was written.");
    expect(await subjects(kb)).toEqual(before);
    expect(await db.prisma.request.findMany()).toMatchObject([{ status: "cancelled", mode: "agent", result: null }]);
    expect(room.services.failures).toEqual([]);
  });

  test("without a model says what works without one", async ({ ctx, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const room = await open(ctx, spaceId, { withModel: false });
    const maren = room.person(5101, "Maren");
    await maren.say("/agent Take the permit out");
    await maren.hears("A task needs a model");
    expect(room.services.failures).toEqual([]);
  });
});
