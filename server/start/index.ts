// npm start: all of Winnow on this machine. `--dev` (npm run dev) reloads pages and server code as they change.
import { loadEnvFile, readEnv } from "#server/lib/env.ts";
import { inWords } from "#server/lib/process.ts";

import { banner } from "./banner.ts";
import { showCloneProgress } from "./clone-progress.ts";
import { stopOnSignals } from "./signals.ts";
import { startWinnow } from "./winnow.ts";

try {
  loadEnvFile();
  const isDev = process.argv.includes("--dev");
  const env = readEnv(process.env);
  const starting = startWinnow({ env, source: process.env, isDev, say: console.log });
  stopOnSignals(starting);
  const winnow = await starting;
  console.log(banner(winnow, env));
  showCloneProgress(winnow.db);
} catch (error) {
  console.error(inWords(error));
  process.exit(1);
}
