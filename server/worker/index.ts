// The worker process: every job that others enqueued.
import { loadEnvFile, readEnv } from "#server/lib/env.ts";
import { createLog } from "#server/lib/log.ts";
import { runProcess } from "#server/lib/process.ts";

import { startWorker } from "./start.ts";

await runProcess(async (useLog) => {
  loadEnvFile();
  const env = readEnv(process.env);
  const log = createLog({ level: env.LOG_LEVEL });
  useLog(log);
  return startWorker({ env, log });
});
