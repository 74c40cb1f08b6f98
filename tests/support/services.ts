import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { analysisHandlers } from "#server/analysis/handlers.ts";
import { type Handler, type Queue, startQueue } from "#server/jobs/index.ts";
import { createKbs } from "#server/kb/index.ts";
import { knowledgeHandlers } from "#server/knowledge/handlers.ts";
import { noteFiles } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { type Env, readEnv } from "#server/lib/env.ts";
import { newId } from "#server/lib/ids.ts";
import { createLlm, type LlmTiming } from "#server/llm/index.ts";
import { createReceiver } from "#server/messages/index.ts";
import { proposalHandlers } from "#server/proposals/handlers.ts";
import { telegramHandlers } from "#server/telegram/handlers.ts";
import { createWebhook } from "#server/telegram/index.ts";
import { kbHandlers } from "#server/kb/handlers.ts";

const SECRET = "what-telegram-knows";

/** Everything of Winnow but its processes and its pages, on a database and a data folder of the test's own. */
export async function startServices(ctx: Ctx, options: { env?: Record<string, string>; timing?: LlmTiming } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), "winnow-flow-"));
  const env: Env = readEnv({ DATA_DIR: dataDir, ...options.env });
  const llm = createLlm({
    env,
    db: ctx.db,
    log: ctx.log,
    now: ctx.now,
    ...(options.timing ? { timing: options.timing } : {}),
  });
  const homeId = newId();
  const kbs = createKbs({ db: ctx.db, env, log: ctx.log, homeId, files: noteFiles });
  const webhook = createWebhook({
    receiver: createReceiver({ db: ctx.db, log: ctx.log, botId: "42", now: ctx.now }),
    secret: SECRET,
  });
  const handlers: Handler[] = [
    ...telegramHandlers(env),
    ...analysisHandlers({ llm }),
    ...proposalHandlers({ kbs }),
    ...kbHandlers({ kbs }),
    ...knowledgeHandlers({ kbs }),
  ];
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
