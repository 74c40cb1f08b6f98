import { randomInt } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { createFakeChats, type FakeChats } from "./fake-telegram-chats.ts";
import { type Answer, done, readCall, refusal, sendAnswer, sendFile } from "./fake-telegram-http.ts";
import { createFakeUpdates } from "./fake-telegram-updates.ts";

/** A call that the bot made. `atMs` is on the clock of `performance.now()`. */
export type TelegramCall = { method: string; body: Record<string, unknown>; atMs: number };

/** What Telegram does instead of what it was asked, once. `hangFor` does it, late; `loseAnswer` does it, and hangs up. */
export type TelegramFault =
  | { type: "refuse"; status: number; description: string; retryAfterS?: number; migrateToChatId?: number }
  | { type: "hang" }
  | { type: "hangFor"; ms: number }
  | { type: "loseAnswer" }
  | { type: "hangUp" };

export type FakeTelegram = FakeChats & {
  /** For TELEGRAM_API_ROOT. */
  apiRoot: string;
  token: string;
  /** Every call so far, refused ones too. */
  calls: TelegramCall[];
  callsOf: (method: string) => TelegramCall[];
  /** When each call that named a chat came, in milliseconds on the clock of `performance.now()`. */
  timesOf: (chatId: number) => number[];
  /** Updates that no offset has confirmed yet. */
  unconfirmed: () => number;
  /** Someone writes: an update comes in, with an id unless it has one. */
  push: (update: Record<string, unknown>) => number;
  /** The next call of this method goes wrong in this way; further faults of it queue up behind. */
  fail: (method: string, fault: TelegramFault) => void;
  /** What getWebhookInfo says from now on, besides what was set. */
  tellOfWebhook: (told: Record<string, unknown>) => void;
  /** What getMe says from now on, besides the usual. */
  tellOfMe: (told: Record<string, unknown>) => void;
  /** A file that getFile finds; `size` is what it says of it, if not the truth. */
  addFile: (fileId: string, content: Buffer, size?: number) => void;
  stop: () => Promise<void>;
};

export const tooManyRequests = (retryAfterS: number): TelegramFault => ({
  type: "refuse",
  status: 429,
  description: `Too Many Requests: retry after ${retryAfterS}`,
  retryAfterS,
});
export const badGateway: TelegramFault = { type: "refuse", status: 502, description: "Bad Gateway" };
export const hangFor = (ms: number): TelegramFault => ({ type: "hangFor", ms });
export const badRequest = (description: string): TelegramFault => ({
  type: "refuse",
  status: 400,
  description: `Bad Request: ${description}`,
});
export const blocked: TelegramFault = {
  type: "refuse",
  status: 403,
  description: "Forbidden: bot was blocked by the user",
};

const BOT = { id: 4_200_042, is_bot: true, first_name: "Winnow", username: "winnow_test_bot" };

/** A Bot API server for tests: `new Bot(token, { client: { apiRoot } })` works with it unchanged. */
export async function startFakeTelegram(options: { token?: string; port?: number } = {}): Promise<FakeTelegram> {
  const token = options.token ?? `${BOT.id}:fake-token-${randomInt(1_000_000)}`;
  const calls: TelegramCall[] = [];
  const faults = new Map<string, TelegramFault[]>();
  const files = new Map<string, { content: Buffer; size: number }>();
  const updates = createFakeUpdates();
  const { chats, answer: answerInChats } = createFakeChats(BOT);
  let me: Record<string, unknown> = { ...BOT, can_join_groups: true, can_read_all_group_messages: true };
  let nextMessageId = 1;

  const answer = async (method: string, body: Record<string, unknown>, gone: AbortSignal): Promise<Answer> => {
    if (method.toLowerCase() === "getme") return done(me);
    if (method.toLowerCase() === "getfile") {
      const fileId = String(body["file_id"]);
      const file = files.get(fileId);
      if (!file) return refusal(400, "Bad Request: invalid file_id");
      return done({ file_id: fileId, file_unique_id: fileId, file_size: file.size, file_path: fileId });
    }
    return (
      (await updates.answer(method, body, gone)) ??
      (await answerInChats(method, body)) ??
      done(resultOf(method, body, () => nextMessageId++))
    );
  };

  const server = createServer((request, response) => {
    const [, prefix, method] = /^\/(bot|file\/bot)[^/]*\/(.+)$/.exec(request.url ?? "") ?? [];
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const work = async () => {
      if (!prefix || !method || !request.url?.startsWith(`/${prefix}${token}/`)) {
        return sendAnswer(response, refusal(401, "Unauthorized"));
      }
      const isFile = prefix === "file/bot";
      const call = { method, body: isFile ? {} : await readCall(request), atMs: performance.now() };
      if (!isFile) calls.push(call);
      const fault = faults.get(isFile ? "file" : method)?.shift();
      if (fault?.type === "hang") return;
      if (fault?.type === "hangUp") return request.socket.destroy();
      if (fault?.type === "hangFor") await new Promise((resolve) => setTimeout(resolve, fault.ms));
      if (fault?.type === "refuse") return sendAnswer(response, refusalOf(fault));
      if (isFile) return sendFile(response, files.get(decodeURIComponent(method))?.content);
      const answered = await answer(method, call.body, gone.signal);
      if (fault?.type === "loseAnswer") return request.socket.destroy();
      sendAnswer(response, answered);
    };
    work().catch((error: unknown) => sendAnswer(response, refusal(500, String(error))));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));

  return {
    ...chats,
    apiRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    calls,
    callsOf: (method) => calls.filter((call) => call.method === method),
    timesOf: (chatId) => calls.filter((call) => Number(call.body["chat_id"]) === chatId).map((call) => call.atMs),
    unconfirmed: updates.unconfirmed,
    push: updates.push,
    fail: (method, fault) => faults.set(method, [...(faults.get(method) ?? []), fault]),
    tellOfWebhook: updates.tellOfWebhook,
    tellOfMe: (told) => {
      me = { ...me, ...told };
    },
    addFile: (fileId, content, size = content.length) => files.set(fileId, { content, size }),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const refusalOf = (fault: TelegramFault & { type: "refuse" }) =>
  refusal(fault.status, fault.description, {
    ...(fault.retryAfterS === undefined ? {} : { retry_after: fault.retryAfterS }),
    ...(fault.migrateToChatId === undefined ? {} : { migrate_to_chat_id: fault.migrateToChatId }),
  });

/** What a method outside the model answers: the message for what sends or edits one, true for the rest. */
function resultOf(method: string, body: Record<string, unknown>, newMessageId: () => number): unknown {
  if (!/^(?:send|edit|copy|forward)/.test(method) || method === "sendChatAction") return true;
  const messageId = method.startsWith("edit") ? Number(body["message_id"]) : newMessageId();
  if (method === "copyMessage") return { message_id: messageId };
  return {
    message_id: messageId,
    from: BOT,
    chat: { id: Number(body["chat_id"]), type: "private", first_name: "Someone" },
    date: Math.floor(Date.now() / 1000),
  };
}
