import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Queue, startQueue } from "#server/jobs/index.ts";
import { createKbs } from "#server/kb/index.ts";
import { noteFiles } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { appUrl, type Env, readEnv } from "#server/lib/env.ts";
import { newId } from "#server/lib/ids.ts";
import { createLlm, type LlmTiming } from "#server/llm/index.ts";
import { createReceiver } from "#server/messages/index.ts";
import { fetchPage } from "#server/reading/index.ts";
import { botIdOf, createWebhook } from "#server/telegram/index.ts";
import { createHandlers, openChannels } from "#server/worker/handlers.ts";

const SECRET = "what-telegram-knows";

type Options = {
  env?: Record<string, string>;
  timing?: LlmTiming;
  /** How pages of the web are read; for real where it is left out. */
  readPage?: typeof fetchPage;
};

/** Everything of Winnow but its processes and its pages, on a database and a data folder of the test's own. */
export async function startServices(ctx: Ctx, options: Options = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), "winnow-flow-"));
  const env: Env = readEnv({ DATA_DIR: dataDir, ...options.env });
  const llm = createLlm({
    env,
    db: ctx.db,
    log: ctx.log,
    now: ctx.now,
    secret: SECRET,
    ...(options.timing ? { timing: options.timing } : {}),
  });
  const homeId = newId();
  const kbs = createKbs({ db: ctx.db, env, log: ctx.log, homeId, files: noteFiles });
  const webhook = createWebhook({
    receiver: createReceiver({ db: ctx.db, log: ctx.log, botId: botIdOf(env), now: ctx.now }),
    secret: SECRET,
  });
  const channels = openChannels(env, ctx);
  const deps = { channels, llm, kbs, readPage: options.readPage ?? fetchPage, appUrl: appUrl(env) };
  const handlers = createHandlers(env, deps);
  const failures: string[] = [];
  const startWorker = (): Promise<Queue> =>
    startQueue({
      ctx,
      handlers,
      homeId,
      concurrency: 8,
      onFailedForGood: async (_ctx, jobName, _payload, error) => void failures.push(`${jobName}: ${String(error)}`),
    });
  const queue = await startWorker();

  return {
    env,
    llm,
    kbs,
    deps,
    /** Jobs that gave up; a test that expects none asserts that it is empty. */
    failures,
    send: (update: object) =>
      webhook(
        new Request("http://localhost/api/telegram/webhook", {
          method: "POST",
          headers: { "x-telegram-bot-api-secret-token": SECRET },
          body: JSON.stringify(update),
        }),
      ),
    stop: async () => {
      await queue.stop();
      await kbs.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
