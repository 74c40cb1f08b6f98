import { expect } from "vitest";

import { readPersonal, readSetting, setSetting, settingsRegistry } from "#server/settings/index.ts";
import { commandRoom } from "#tests/support/command-room.ts";
import { labelsOf } from "#tests/support/fake-channel.ts";
import { test } from "#tests/support/llm.ts";

import { wordsIn } from "../words/index.ts";
import { choiceNames } from "../words/ru/settings.ts";
import { callerIn } from "./caller.ts";
import { itemsFor, reason } from "./settings-items.ts";

test("an admin finds every setting in one message that changes, and a value is set with its author", async ({
  ctx,
  make,
  llm,
}) => {
  const room = await commandRoom(ctx, make, { llm: llm(), role: "admin" });
  const { spaceId } = room;
  expect(labelsOf(await room.give("/settings"))).toEqual([
    ...["You", "Reading messages", "Models", "Knowledge base", "Assistant", "Telegram", "Close"],
  ]);
  await room.press("Knowledge base");
  expect(room.last().text).toContain("One commit per: **note**");
  await room.press("One commit per");
  expect(room.last().text).toContain("Now: **note** (default)");
  expect(labelsOf(room.last())).toEqual(["✓ note", "session", "Back", "Close"]);

  await room.press("session");
  expect(await readSetting(ctx.db, spaceId, "kb.commitPer")).toBe("session");
  expect(room.last().text).toContain("Now: **session** (set by Ada Quist)");
  const changes = await ctx.db.prisma.event.findMany({ where: { spaceId, type: "settings.changed" } });
  expect(changes.map(({ actor }) => actor)).toEqual([room.user!.actor]);

  await room.press("Back to default");
  expect(await readSetting(ctx.db, spaceId, "kb.commitPer")).toBe("note");
  expect(room.last().text).toContain("(default)");
  await room.press("Back");
  expect(room.last().text).toContain("Settings › Knowledge base**");
  await room.press("Back");
  await room.press("Telegram");
  await room.press("A line for what is recorded");
  await room.press("off");
  expect(await readSetting(ctx.db, spaceId, "telegram.approvedLine")).toBe(false);
  await room.press("Close");
  expect(room.last().buttons).toEqual([]);
  expect(room.posts()).toHaveLength(1);
});

test("others see what is theirs alone; cards are for those who review", async ({ ctx, make, llm }) => {
  const stranger = await commandRoom(ctx, make, { llm: llm() });
  expect(labelsOf(await stranger.give("/settings"))).toEqual(["You", "Close"]);
  await stranger.press("You");
  expect(labelsOf(stranger.last())).toEqual(["Language", "Model", "Back", "Close"]);
  const reviewer = await commandRoom(ctx, make, { llm: llm(), role: "reviewer" });
  expect(labelsOf(await reviewer.give("/settings"))).toEqual(["You", "Close"]);
  await reviewer.press("You");
  await reviewer.press("Proposals as cards");
  await reviewer.press("off");
  expect((await readPersonal(ctx.db, reviewer.contributorId)).cards).toBe(false);
});

test("a menu that was opened as an admin does nothing for whoever is none any more", async ({ ctx, make, llm }) => {
  for (const next of ["reviewer", null] as const) {
    const room = await commandRoom(ctx, make, { llm: llm(), role: "admin" });
    await room.give("/settings");
    await room.press("Assistant");
    await room.press("Notes from the chat");
    await room.become(next);
    expect(await room.press("review")).toContain("role admin");
    expect(await readSetting(ctx.db, room.spaceId, "assistant.notes")).toBe("write");
    expect(labelsOf(room.last())).toEqual(["You", "Close"]);
  }
  const room = await commandRoom(ctx, make, { llm: llm(), role: "admin" });
  await room.give("/settings");
  await room.press("Assistant");
  await room.press("Steps of a task");
  await room.become("viewer");
  expect(await room.press("Type a new value")).toContain("role admin");
  expect((await room.conversation())?.pendingInput ?? null).toBeNull();
});

test("who lost the role while a value was waited for does not set it", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm(), role: "admin" });
  await room.give("/settings");
  await room.press("Assistant");
  await room.press("Steps of a task");
  await room.press("Type a new value");
  await room.become("reviewer");
  await room.type("7");
  expect(await readSetting(ctx.db, room.spaceId, "assistant.agentSteps")).toBe(20);
  expect(room.last().text).toContain("role admin");
  expect(labelsOf(room.last())).toEqual(["You", "Close"]);
});

test("a number is typed; a wrong one says why and is asked for again", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm(), role: "admin" });
  const value = () => readSetting(ctx.db, room.spaceId, "assistant.agentTokens");
  await room.give("/settings");
  await room.press("Assistant");
  await room.press("Tokens of a task");
  await room.press("Type a new value");
  expect(room.last().text).toContain("as your next message");
  for (const wrong of ["many", "10", "1000.5", "", "0x1000", "1e6", "99999999999"]) {
    await room.type(wrong);
    expect(room.last().text).toContain("It is a whole number from 1000 to 10000000.");
    expect(await value()).toBe(200_000);
    expect((await room.conversation())?.pendingInput).not.toBeNull();
  }
  await room.type(" 50 000 ");
  expect(await value()).toBe(50_000);
  expect(room.last().text).toContain("Changed.");
  expect((await room.conversation())?.pendingInput).toBeNull();
  expect(room.posts()).toHaveLength(1);
});

test("who goes back does not type a value any more", async ({ ctx, make, llm }) => {
  for (const away of ["Back", "Close"]) {
    const room = await commandRoom(ctx, make, { llm: llm(), role: "admin" });
    await room.give("/settings");
    await room.press("You");
    await room.press("Model");
    await room.press("Type a new value");
    expect((await room.conversation())?.pendingInput).toMatchObject({ for: "setting", key: "you.model" });
    await room.press(away);
    expect((await room.conversation())?.pendingInput).toBeNull();
  }
});

test("a menu that is gone by the time is said anew, and text is taken as its setting takes it", async ({
  ctx,
  make,
  llm,
}) => {
  const room = await commandRoom(ctx, make, { llm: llm() });
  await room.give("/settings");
  await room.press("You");
  await room.press("Model");
  await room.press("Type a new value");
  await ctx.db.pool.query("update posts set deleted_at = now() where space_id = $1", [room.spaceId]);
  await room.type("not a `model`!");
  expect(room.posts()).toHaveLength(2);
  expect(room.last().text).toContain("It is the name of a model");
  await room.type("gpt-4.1");
  expect((await readPersonal(ctx.db, room.contributorId)).model).toBe("gpt-4.1");
  await room.press("None");
  expect((await readPersonal(ctx.db, room.contributorId)).model).toBe("");
});

test("the language changes with the press that chooses it", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm(), role: "admin" });
  await room.give("/settings");
  await room.press("You");
  await room.press("Language");
  await room.press("Русский");
  expect(room.last().text).toContain("Настройки › Вы › Язык");
  expect(room.last().text).toContain("Изменено.");
  await room.press("Назад");
  await room.press("Назад");
  expect(labelsOf(room.last())).toEqual([
    ...["Вы", "Разбор сообщений", "Модели", "База знаний", "Помощник", "Telegram", "Закрыть"],
  ]);
  await room.press("База знаний");
  expect(room.last().text).toContain("Один коммит на: **заметку**");
});

test("what a value may be is said as the registry says it, and each choice has a name in Russian", async ({
  ctx,
  make,
  llm,
}) => {
  const room = await commandRoom(ctx, make, { llm: llm(), role: "admin" });
  const caller = await callerIn(ctx.db, { ...room, chatId: room.chat.id });
  const items = await itemsFor(ctx, caller!);
  const keys = Object.keys(settingsRegistry) as Array<keyof typeof settingsRegistry>;
  expect(items).toHaveLength(keys.length + 3);
  for (const key of keys) {
    const { kind } = items.find((item) => item.key === key)!;
    const refused = settingsRegistry[key].schema.safeParse(Number.NaN);
    if (kind.type === "number" || kind.type === "text") {
      expect([key, reason(kind, wordsIn("en"))]).toEqual([key, refused.error?.issues[0]?.message]);
    }
    if (kind.type === "choice") for (const option of kind.options) expect(choiceNames).toHaveProperty(option);
  }
});

test("what others wrote into a value is shown as text", async ({ ctx, as, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm(), role: "admin" });
  const hostile = as({ type: "user", userId: room.user!.id, name: "**Eve** [x](https://evil.example)" });
  await setSetting(hostile, { spaceId: room.spaceId, key: "assistant.agentSteps", value: 7 });
  await room.give("/settings");
  await room.press("Assistant");
  await room.press("Steps of a task");
  expect(room.last().text).toContain(String.raw`set by \*\*Eve\*\*`);
  expect(room.last().text).not.toContain("[x](https://evil.example)");
});
