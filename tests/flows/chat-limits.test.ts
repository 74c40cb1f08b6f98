import { expect, onTestFinished } from "vitest";

import { onlySpace, openTelegramRoom } from "#tests/support/telegram-room.ts";
import { test } from "#tests/support/test.ts";

// Whoever asks too often waits, and is told until when; whoever goes on is told when to come back. Nothing disappears.

test("more than the limit waits for its minute, and says when it begins", async ({ ctx, db, make }) => {
  const spaceId = await onlySpace(ctx, make);
  const room = await openTelegramRoom(ctx, spaceId, { settings: { "assistant.perPersonPerMinute": 2 } });
  onTestFinished(() => room.stop());
  const [maren, ivo] = [room.person(5101, "Maren"), room.person(5102, "Ivo")];
  for (const text of ["/ask One?", "/ask Two?", "/ask Three?"]) await maren.say(text);
  await maren.hears("This one begins at");
  // Others are not kept waiting by it.
  await ivo.say("/ask Four?");
  await ivo.hears("I don't know");
  const requests = await db.prisma.request.findMany({ orderBy: { createdAt: "asc" } });
  const third = requests.find(({ prompt }) => prompt === "Three?");
  expect(third).toMatchObject({ status: "waiting" });
  const first = requests[0]!.createdAt.getTime();
  expect(third!.notBefore!.getTime()).toBe(first + 60_000);
  await maren.press("Cancel");
  await maren.hears("Cancelled");
});

test("with twenty waiting the next one is refused in words, with a time", async ({ ctx, db, make }) => {
  const spaceId = await onlySpace(ctx, make);
  const room = await openTelegramRoom(ctx, spaceId, { settings: { "assistant.perPersonPerMinute": 1 } });
  onTestFinished(() => room.stop());
  const maren = room.person(5101, "Maren");
  for (let count = 1; count <= 26; count += 1) await maren.say(`/ask Question ${count}?`);
  await maren.hears("This one was not taken");
  const byStatus = await db.prisma.request.groupBy({ by: ["status"], _count: true, orderBy: { status: "asc" } });
  expect(byStatus).toEqual([
    { status: "waiting", _count: 20 },
    { status: "done", _count: 1 },
    { status: "failed", _count: 5 },
  ]);
});

test("commands answer at once: help, status, model, settings, me, kb, and what is no command", async ({
  ctx,
  make,
}) => {
  const spaceId = await onlySpace(ctx, make);
  const room = await openTelegramRoom(ctx, spaceId);
  onTestFinished(() => room.stop());
  const maren = room.person(5101, "Maren");
  const asked: Array<[string, RegExp]> = [
    ["/start", /\/note/],
    ["/help", /\/ask/],
    ["/status", /knowledge base/i],
    ["/model", /rules|no model/i],
    ["/settings", /settings/i],
    ["/me", /stored|keep|about you/i],
    ["/kb", /knowledge base/i],
    ["/ask", /ask/i],
    ["/nonsense", /\/nonsense/],
  ];
  for (const [command, words] of asked) {
    const before = maren.messages().length;
    await maren.say(command);
    await expect.poll(() => maren.messages().length, { timeout: 10_000 }).toBe(before + 1);
    expect([command, maren.messages().at(-1)?.text]).toEqual([command, expect.stringMatching(words)]);
  }
  // The mode is that of /ask now: a message is a question.
  await maren.say("Where is the lighthouse?");
  await maren.hears("I don't know");
  expect(room.services.failures).toEqual([]);
});

test("files that cannot be had, and links that lead inside, are told with the note", async ({ ctx, db, make }) => {
  const spaceId = await onlySpace(ctx, make);
  const room = await openTelegramRoom(ctx, spaceId);
  onTestFinished(() => room.stop());
  const maren = room.person(5101, "Maren");
  await maren.say("", {
    caption: "The film of the launch, see http://127.0.0.1:9/secret and http://169.254.169.254/latest",
    video: {
      file_id: "film",
      file_unique_id: "f",
      file_name: "launch.mp4",
      file_size: 300_000_000,
      duration: 60,
      width: 1,
      height: 1,
    },
  });
  const told = await maren.hears("Note written");
  expect(told.text).toContain("launch.mp4 is larger than what the bot can fetch");
  expect(told.text).toMatch(/could not be read/);
  const note = await db.prisma.note.findFirstOrThrow({ where: { spaceId } });
  expect(note.body).toContain("launch.mp4");
  expect(await db.prisma.attachment.findMany({ omit: { content: true } })).toMatchObject([
    { status: "too_large", sha256: null },
  ]);
});
