import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import superjson from "superjson";

import type { Bot } from "#server/channels/index.ts";
import { createAuth } from "#server/auth/index.ts";
import { createKbs } from "#server/kb/index.ts";
import { noteFiles } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { readEnv } from "#server/lib/env.ts";
import { newId } from "#server/lib/ids.ts";
import { createLlm } from "#server/llm/index.ts";
import { createReceiver } from "#server/messages/index.ts";
import { realtimeSettings } from "#server/realtime/index.ts";
import { createWebhook } from "#server/telegram/index.ts";
import { createApp } from "#server/web/app.ts";

export const BASE_URL = "http://localhost:3000";

/** A bot that is not set up. */
export const noBot: Bot = {
  name: async () => null,
  look: async () => ({ isSetUp: false, name: null, mode: "off", listed: 0, sentences: [] }),
};

/** What the pages and route handlers are served from, as server/web puts it together, without a server. */
export async function openApp(ctx: Ctx) {
  const dataDir = mkdtempSync(join(tmpdir(), "winnow-app-"));
  const { db, log, now } = ctx;
  const env = readEnv({ DATA_DIR: dataDir });
  const secret = "a-secret-that-is-long-enough-for-tests";
  const homeId = newId();
  const auth = createAuth({ db, log, secret, baseUrl: BASE_URL });
  const kbs = createKbs({ db, env, log, homeId, files: noteFiles });
  const app = createApp({
    db,
    log,
    now,
    auth,
    kbs,
    homeId,
    llm: createLlm({ env, db, log, now, secret }),
    realtime: realtimeSettings(env, secret),
    publisher: { check: () => Promise.resolve() },
    webhook: createWebhook({ receiver: createReceiver({ db, log, botId: "42", now }), secret: "what-telegram-knows" }),
    bot: { ...noBot, name: async () => "winnow_test_bot" },
  });

  return {
    app,
    auth,
    homeId,
    /** Calls a procedure through its door, as the browser does. */
    call: async (call: { path: string; type: string; input: unknown; cookie?: string | undefined }) => {
      const { path, type, cookie } = call;
      const headers = { origin: BASE_URL, "content-type": "application/json", ...(cookie ? { cookie } : {}) };
      const input = JSON.stringify(superjson.serialize(call.input));
      const url = `${BASE_URL}/api/trpc/${path}`;
      const response = await app.trpc(
        type === "query"
          ? new Request(`${url}?input=${encodeURIComponent(input)}`, { headers })
          : new Request(url, { method: "POST", headers, body: input }),
      );
      const body = (await response.json()) as {
        result?: { data: Parameters<typeof superjson.deserialize>[0] };
        error?: { json: { message: string; data: { code: string; requestId: string } } };
      };
      return {
        status: response.status,
        headers: response.headers,
        data: body.result && superjson.deserialize(body.result.data),
        error: body.error?.json,
      };
    },
    close: async () => {
      await kbs.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
