import { Api, InputFile } from "grammy";
import { expect, test } from "vitest";

import { hangFor, startFakeTelegram } from "./support/fake-telegram.ts";

// The double refuses what Telegram refuses: otherwise the tests that use it would prove little.

const refused = (words: string) => ({ error_code: 400, description: expect.stringContaining(words) });

test("it refuses what Telegram refuses, and remembers what it took", async () => {
  const fake = await startFakeTelegram();
  const api = new Api(fake.token, { apiRoot: fake.apiRoot });
  const bold = (offset: number, length: number) => ({ type: "bold", offset, length }) as const;

  await expect(api.sendMessage(5, "  ")).rejects.toMatchObject(refused("empty"));
  await expect(api.sendMessage(5, "x".repeat(4097))).rejects.toMatchObject(refused("too long"));
  await expect(api.sendMessage(5, "half \ud83d")).rejects.toMatchObject(refused("UTF-8"));
  await expect(api.sendMessage(5, "Hi", { entities: [bold(1, 2)] })).rejects.toMatchObject(refused("BOUNDS"));
  await expect(api.sendMessage(5, "😀!", { entities: [bold(1, 2)] })).rejects.toMatchObject(refused("middle"));
  const crossing = [bold(0, 3), { type: "italic", offset: 2, length: 3 } as const];
  await expect(api.sendMessage(5, "Hello", { entities: crossing })).rejects.toMatchObject(refused("not allowed"));
  const inCode = [{ type: "code", offset: 0, length: 5 } as const, bold(1, 2)];
  await expect(api.sendMessage(5, "Hello", { entities: inCode })).rejects.toMatchObject(refused("not allowed"));
  const button = (fields: { callback_data: string } | { url: string }) => ({
    reply_markup: { inline_keyboard: [[{ text: "Go", ...fields }]] },
  });
  await expect(api.sendMessage(5, "Hi", button({ callback_data: "é".repeat(33) }))).rejects.toMatchObject(
    refused("DATA"),
  );
  await expect(api.sendMessage(5, "Hi", button({ url: "http://localhost/" }))).rejects.toMatchObject(
    refused("Wrong HTTP"),
  );
  await expect(api.sendMessageDraft(5, 0, "Hi")).rejects.toMatchObject(refused("DRAFT_ID"));
  expect(fake.messagesIn(5)).toEqual([]);

  const { message_id: id } = await api.sendMessage(5, "Hello", {
    entities: [bold(0, 5)],
    ...button({ callback_data: "a" }),
  });
  await expect(
    api.editMessageText(5, id, "Hello", { entities: [bold(0, 5)], ...button({ callback_data: "a" }) }),
  ).rejects.toMatchObject(refused("not modified"));
  await expect(api.editMessageText(6, id, "Other chat")).rejects.toMatchObject(refused("message to edit not found"));
  await api.editMessageText(5, id, "Bye");
  expect(fake.messagesIn(5)).toMatchObject([{ text: "Bye", entities: [], buttons: [], earlierTexts: ["Hello"] }]);

  const file = await api.sendDocument(5, new InputFile(Buffer.from("# All"), "all.md"), { caption: "Here" });
  expect(fake.messagesIn(5)[1]).toMatchObject({ text: "Here", file: { name: "all.md", content: "# All" } });
  await expect(api.editMessageText(5, file.message_id, "x")).rejects.toMatchObject(refused("no text"));
  await api.deleteMessage(5, id);
  await expect(api.deleteMessage(5, id)).rejects.toMatchObject(refused("not found"));
  expect(fake.textOf(id)).toBeUndefined();

  fake.fail("sendMessage", hangFor(20));
  await api.sendMessage(5, "Late");
  expect(fake.messagesIn(5).at(-1)?.text).toBe("Late");
  expect(fake.timesOf(5).length).toBe(fake.calls.length - 1);
  await fake.stop();
});
