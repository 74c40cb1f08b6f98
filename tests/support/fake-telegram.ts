import { randomInt } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A call that the bot made. */
export type TelegramCall = { method: string; body: Record<string, unknown> };

/** What Telegram does instead of what it was asked, once. */
export type TelegramFault =
  | { type: "refuse"; status: number; description: string; retryAfterS?: number }
  | { type: "hang" }
  | { type: "hangUp" };

export type FakeTelegram = {
  /** For TELEGRAM_API_ROOT. */
  apiRoot: string;
  token: string;
  /** Every call so far, refused ones too. */
  calls: TelegramCall[];
  callsOf: (method: string) => TelegramCall[];
  /** Updates that no offset has confirmed yet. */
  unconfirmed: () => number;
  /** Someone writes: an update comes in, with an id unless it has one. */
  push: (update: Record<string, unknown>) => number;
  /** The next call of this method goes wrong in this way; further faults of it queue up behind. */
  fail: (method: string, fault: TelegramFault) => void;
  /** A file that getFile finds. */
  addFile: (fileId: string, content: Buffer) => void;
  stop: () => Promise<void>;
};

export const tooManyRequests = (retryAfterS: number): TelegramFault => ({
  type: "refuse",
  status: 429,
  description: `Too Many Requests: retry after ${retryAfterS}`,
  retryAfterS,
});
export const badGateway: TelegramFault = { type: "refuse", status: 502, description: "Bad Gateway" };

const BOT = { id: 4_200_042, is_bot: true, first_name: "Winnow", username: "winnow_test_bot" };
/** At most this many updates in one answer. */
const MOST_UPDATES = 100;

/** A Bot API server for tests: `new Bot(token, { client: { apiRoot } })` works with it unchanged. */
export async function startFakeTelegram(options: { token?: string; port?: number } = {}): Promise<FakeTelegram> {
  const token = options.token ?? `${BOT.id}:fake-token-${randomInt(1_000_000)}`;
  const calls: TelegramCall[] = [];
  const faults = new Map<string, TelegramFault[]>();
  const files = new Map<string, Buffer>();
  const pending: Array<Record<string, unknown> & { update_id: number }> = [];
  const wakeUps = new Set<() => void>();
  let webhook: Record<string, unknown> = { url: "" };
  let nextUpdateId = randomInt(1_000_000, 900_000_000);
  let nextMessageId = 1;
  let isPolled = false;

  const getUpdates = async (body: Record<string, unknown>, gone: AbortSignal): Promise<Answer> => {
    if (webhook["url"]) {
      return refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first");
    }
    if (isPolled) return refusal(409, "Conflict: terminated by other getUpdates request");
    const {
      offset = 0,
      timeout = 0,
      limit = MOST_UPDATES,
    } = body as Partial<Record<"offset" | "timeout" | "limit", number>>;
    const confirm = () => {
      while (pending[0] && pending[0].update_id < offset) pending.shift();
    };
    confirm();
    isPolled = true;
    if (pending.length === 0) await until(wakeUps, timeout * 1000, gone);
    isPolled = false;
    confirm();
    return { ok: true, result: pending.slice(0, limit) };
  };

  const answer = async (method: string, body: Record<string, unknown>, gone: AbortSignal): Promise<Answer> => {
    switch (method.toLowerCase()) {
      case "getme":
        return { ok: true, result: { ...BOT, can_join_groups: true, can_read_all_group_messages: true } };
      case "getupdates":
        return getUpdates(body, gone);
      case "setwebhook":
        if (!String(body["url"]).startsWith("https://")) {
          return refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook");
        }
        webhook = body;
        return { ok: true, result: true };
      case "deletewebhook":
        webhook = { url: "" };
        return { ok: true, result: true };
      case "getwebhookinfo": {
        const { secret_token: _, ...told } = webhook;
        return { ok: true, result: { ...told, has_custom_certificate: false, pending_update_count: pending.length } };
      }
      case "getfile": {
        const content = files.get(String(body["file_id"]));
        if (!content) return refusal(400, "Bad Request: invalid file_id");
        const fileId = String(body["file_id"]);
        return {
          ok: true,
          result: { file_id: fileId, file_unique_id: fileId, file_size: content.length, file_path: fileId },
        };
      }
      default:
        return { ok: true, result: resultOf(method, body, () => nextMessageId++) };
    }
  };

  const server = createServer((request, response) => {
    const [, prefix, method] = /^\/(bot|file\/bot)[^/]*\/(.+)$/.exec(request.url ?? "") ?? [];
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const work = async () => {
      if (!prefix || !method || !request.url?.startsWith(`/${prefix}${token}/`)) {
        return send(response, refusal(401, "Unauthorized"));
      }
      if (prefix === "file/bot") return sendFile(response, files.get(method));
      const call = { method, body: await readCall(request) };
      calls.push(call);
      const fault = faults.get(method)?.shift();
      if (fault?.type === "hang") return;
      if (fault?.type === "hangUp") return request.destroy();
      send(
        response,
        fault
          ? refusal(fault.status, fault.description, fault.retryAfterS)
          : await answer(method, call.body, gone.signal),
      );
    };
    work().catch((error: unknown) => send(response, refusal(500, String(error))));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));

  return {
    apiRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    calls,
    callsOf: (method) => calls.filter((call) => call.method === method),
    unconfirmed: () => pending.length,
    push: (update) => {
      const updateId = typeof update["update_id"] === "number" ? update["update_id"] : nextUpdateId++;
      pending.push({ ...update, update_id: updateId });
      for (const wake of wakeUps) wake();
      return updateId;
    },
    fail: (method, fault) => faults.set(method, [...(faults.get(method) ?? []), fault]),
    addFile: (fileId, content) => files.set(fileId, content),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

type Answer =
  | { ok: true; result: unknown }
  | { ok: false; error_code: number; description: string; parameters?: { retry_after: number } };

function refusal(status: number, description: string, retryAfterS?: number): Answer {
  return {
    ok: false,
    error_code: status,
    description,
    ...(retryAfterS === undefined ? {} : { parameters: { retry_after: retryAfterS } }),
  };
}

/** What a method answers that only has to look right: the message for what sends or edits one, true for the rest. */
function resultOf(method: string, body: Record<string, unknown>, newMessageId: () => number): unknown {
  if (!/^(?:send|edit|copy|forward)/.test(method) || method === "sendChatAction") return true;
  const messageId = method.startsWith("edit") ? Number(body["message_id"]) : newMessageId();
  if (method === "copyMessage") return { message_id: messageId };
  return {
    message_id: messageId,
    from: BOT,
    chat: { id: Number(body["chat_id"]), type: "private", first_name: "Someone" },
    date: Math.floor(Date.now() / 1000),
    text: body["text"],
  };
}

async function readCall(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const type = request.headers["content-type"] ?? "";
  const body = Buffer.concat(chunks);
  if (body.length === 0) return {};
  if (type.startsWith("application/json")) return JSON.parse(body.toString()) as Record<string, unknown>;
  const form = await new Response(body, { headers: { "content-type": type } }).formData();
  return Object.fromEntries(form);
}

function send(response: ServerResponse, answer: Answer): void {
  if (response.headersSent) return;
  response.writeHead(answer.ok ? 200 : answer.error_code, { "content-type": "application/json" });
  response.end(JSON.stringify(answer));
}

function sendFile(response: ServerResponse, content: Buffer | undefined): void {
  response.writeHead(content ? 200 : 404).end(content);
}

/** Until someone writes, the long poll is over, or whoever polls is gone. */
function until(wakeUps: Set<() => void>, ms: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      wakeUps.delete(done);
      gone.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    wakeUps.add(done);
    gone.addEventListener("abort", done);
  });
}
