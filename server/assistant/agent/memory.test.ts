import { expect } from "vitest";

import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { test } from "#tests/support/test.ts";

import { keepMemories, openMemory } from "./memory.ts";

test("a person has at most 200 memories, each once, and nobody sees another's", async ({ ctx, db, make }) => {
  const { id: spaceId } = await make.space();
  const [one, two] = [await make.contributor({ spaceId }), await make.contributor({ spaceId })];
  const of = (contributorId: string) => ({ spaceId, contributorId });
  const keep = (contributorId: string, texts: string[]) => {
    const memories = texts.map((text) => ({ id: newId(), text }));
    const given = { ...of(contributorId), memories, at: ctx.now() };
    return transaction(db, async (tx) => {
      // Whoever comes after a crash keeps the same again.
      await keepMemories(tx, given);
      await keepMemories(tx, given);
    });
  };
  await keep(two.id, ["Theirs."]);
  await keep(
    one.id,
    Array.from({ length: 199 }, (_, at) => `Fact ${at}.`),
  );
  const memory = openMemory(ctx, of(one.id));
  await memory.remember("Fact 3.");
  await memory.remember("  A new\n fact.\0 ");
  await expect(memory.remember("One too many.")).rejects.toThrow("200 memories already");
  await expect(memory.remember(" ")).rejects.toThrow("1 to 500 characters");
  expect(memory.added().map(({ text }) => text)).toEqual(["A new fact."]);
  const recalled = await memory.recall();
  expect([recalled.length, recalled.at(-1), recalled.includes("Theirs.")]).toEqual([200, "A new fact.", false]);
  // Two tasks at once do not add up to more.
  await keep(one.id, ["A", "B", "C"]);
  expect(await db.prisma.memory.count({ where: of(one.id) })).toBe(200);
});
