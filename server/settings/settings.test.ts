import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import { createLog, unit } from "#server/lib/log.ts";
import { test } from "#tests/support/test.ts";

import { readSetting, setSetting } from "./index.ts";
import { listSettings } from "./read.ts";
import { settingsRegistry } from "./registry.ts";

const KEY = "analysis.parallelBatches";

test("every default is a value that its own setting accepts", () => {
  const definitions = Object.values(settingsRegistry);
  expect(definitions.length).toBeGreaterThan(3);
  for (const { schema, default: byDefault, label } of definitions) {
    expect([label, schema.safeParse(byDefault).success]).toEqual([label, true]);
  }
});

test("each setting says what a form can hold for it, its default among that", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  for (const { key, kind, default: byDefault } of await listSettings(ctx, { spaceId })) {
    const fits = {
      toggle: () => typeof byDefault === "boolean",
      text: () => typeof byDefault === "string",
      number: () => kind.type === "number" && kind.min <= Number(byDefault) && Number(byDefault) <= kind.max,
      choice: () => kind.type === "choice" && kind.options.includes(String(byDefault)),
    };
    expect([key, fits[kind.type]()]).toEqual([key, true]);
  }
});

test("a space's own value is in force there and nowhere else, until it goes back to the default", async ({
  db,
  as,
  make,
}) => {
  const [{ id: spaceId }, { id: otherId }] = [await make.space(), await make.space()];
  const admin = as((await make.user({ spaceId, role: "admin", name: "Ada" })).actor);
  expect(await readSetting(db, spaceId, KEY)).toBe(4);

  await setSetting(admin, { spaceId, key: KEY, value: 9 });
  expect(await readSetting(db, spaceId, KEY)).toBe(9);
  expect(await readSetting(db, otherId, KEY)).toBe(4);
  const listed = await listSettings(admin, { spaceId });
  expect(listed.find((each) => each.key === KEY)).toMatchObject({
    value: 9,
    default: 4,
    source: "space",
    changed: { by: "Ada" },
  });
  expect(listed.find((each) => each.key === "kb.lockTimeoutS")).toMatchObject({ source: "default", changed: null });

  await setSetting(admin, { spaceId, key: KEY, value: null });
  expect(await readSetting(db, spaceId, KEY)).toBe(4);
});

test("a change is announced with its author, and what changes nothing is not", async ({ db, as, make }) => {
  const { id: spaceId } = await make.space();
  const user = await make.user({ spaceId, role: "admin" });
  const admin = as(user.actor);
  await setSetting(admin, { spaceId, key: KEY, value: 9 });
  await setSetting(admin, { spaceId, key: KEY, value: 9 });
  await setSetting(admin, { spaceId, key: "kb.lockTimeoutS", value: null });
  const events = await eventsSince(db, { spaceId, after: 0 });
  expect(events.map(({ type, subjectId, actor }) => ({ type, subjectId, actor }))).toEqual([
    { type: "settings.changed", subjectId: KEY, actor: user.actor },
  ]);
});

test("a value that is none is refused in words, and nothing changes", async ({ db, ctx, make }) => {
  const { id: spaceId } = await make.space();
  for (const value of [0, 17, 2.5, "4", Number.NaN, { a: 1 }]) {
    await expect(setSetting(ctx, { spaceId, key: KEY, value })).rejects.toMatchObject({
      code: "invalid_input",
      message: "“Batches at a time” cannot have this value. It is a whole number from 1 to 16. Nothing was changed.",
    });
  }
  expect(await readSetting(db, spaceId, KEY)).toBe(4);
  expect(await eventsSince(db, { spaceId, after: 0 })).toEqual([]);
});

test("a stored value that is no longer accepted counts as not set, and the log says so", async ({ db, ctx, make }) => {
  const { id: spaceId } = await make.space();
  await db.prisma.setting.create({
    data: { spaceId, key: KEY, value: "many", updatedBy: { type: "system", name: "test" }, updatedAt: new Date() },
  });
  const lines: string[] = [];
  const log = createLog({ level: "info", stream: { write: (line) => void lines.push(line) } });
  const value = await unit(log, "test", {}, () => readSetting(db, spaceId, KEY));
  expect(value).toBe(4);
  expect(JSON.parse(lines[0]!)).toMatchObject({ unusableSetting: KEY });
  expect((await listSettings(ctx, { spaceId })).find((each) => each.key === KEY)).toMatchObject({ source: "default" });
});
