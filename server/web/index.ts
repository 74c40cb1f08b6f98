// The web process. `--dev` renders the pages with live reload.
// A parent that forked it hears { type: "ready", url }, may send { type: "stop" }, and takes it along when it dies.
import { fileURLToPath } from "node:url";

import { readEnv } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";
import { createLog, type Log } from "#server/lib/log.ts";

const isDev = process.argv.includes("--dev");
// Before anything of React or Next is loaded: they choose their build by it.
Object.assign(process.env, { NODE_ENV: isDev ? "development" : "production" });

let log: Log | undefined;
try {
  const env = readEnv(process.env);
  log = createLog({ level: env.LOG_LEVEL });
  const { startWeb } = await import("./start.ts");
  const web = await startWeb({ env, log, isDev, dir: fileURLToPath(new URL("../..", import.meta.url)) });

  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= web.stop().then(() => process.exit(0), fail);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("disconnect", stop);
  process.on("message", (message) => {
    if (typeof message === "object" && message !== null && "type" in message && message.type === "stop") stop();
  });
  if (process.send) process.send({ type: "ready", url: web.url });
  else log.info({ url: web.url }, "web.ready");
} catch (error) {
  fail(error);
}

/** One sentence for what a person can act on; everything for a bug. */
function fail(error: unknown): never {
  if (error instanceof AppError || !log) console.error(error instanceof Error ? error.message : String(error));
  else log.fatal({ error }, "web.start failed");
  process.exit(1);
}
