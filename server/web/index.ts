// The web process. `--dev` renders the pages with live reload.
import { fileURLToPath } from "node:url";

import { loadEnvFile, readEnv } from "#server/lib/env.ts";
import { createLog } from "#server/lib/log.ts";
import { runProcess } from "#server/lib/process.ts";

await runProcess(async (useLog) => {
  const isDev = process.argv.includes("--dev");
  // Before anything of React or Next is loaded: they choose their build by it.
  Object.assign(process.env, { NODE_ENV: isDev ? "development" : "production", NEXT_TELEMETRY_DISABLED: "1" });
  loadEnvFile();
  const env = readEnv(process.env);
  const log = createLog({ level: env.LOG_LEVEL });
  useLog(log);
  const { startWeb } = await import("./start.ts");
  return startWeb({ env, log, isDev, dir: fileURLToPath(new URL("../..", import.meta.url)) });
});
