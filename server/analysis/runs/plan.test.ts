import { expect, test } from "vitest";

import { cutIntoBatches } from "./plan.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 9, minute));
const said = (id: string, chatId: string, minute: number) => ({ id, chatId, sentAt: at(minute) });

test("a batch spans at most ten minutes of one chat", () => {
  const batches = cutIntoBatches(
    [said("a", "harbour", 0), said("b", "harbour", 10), said("c", "harbour", 11), said("d", "office", 11)],
    { minutes: 10, messages: 50 },
  );
  expect(batches).toEqual([
    { chatId: "harbour", messageIds: ["a", "b"] },
    { chatId: "harbour", messageIds: ["c"] },
    { chatId: "office", messageIds: ["d"] },
  ]);
});

test("a batch holds at most fifty messages, and none is lost or doubled", () => {
  const messages = Array.from({ length: 120 }, (_, i) => said(String(i), "harbour", 0));
  const batches = cutIntoBatches(messages, { minutes: 10, messages: 50 });
  expect(batches.map((batch) => batch.messageIds.length)).toEqual([50, 50, 20]);
  expect(batches.flatMap((batch) => batch.messageIds)).toEqual(messages.map((message) => message.id));
});
