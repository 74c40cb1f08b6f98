// npm run demo: an invented team's chat, played through the real doors of a Winnow that starts fresh. `-- --port N`
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { type Env, envKeys, readEnv } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";
import { inWords } from "#server/lib/process.ts";
import { ROOT } from "#server/start/build.ts";
import { LOCK_FILE } from "#server/start/data-lock.ts";
import { stopOrphan } from "#server/start/postgres-orphan.ts";
import { stopOnSignals } from "#server/start/signals.ts";
import { startWinnow } from "#server/start/winnow.ts";

import { play } from "./play.ts";

/** A folder with this file in it is a demo's, and may be emptied. */
const MARK = "this-is-a-demo";
/** What of the caller's environment holds for the demo as well: a model, if they have one. Their database, bot and remote do not. */
const TAKEN_OVER = new Set([
  "OPENAI_API_KEY",
  "OPENAI_BASE_URL",
  "LLM_MODEL",
  "LLM_ALLOW_PRIVATE",
  "LOG_LEVEL",
  "PORT",
]);

let stopping: AbortSignal | undefined;
try {
  const { env, source } = settingsFor(process.argv.slice(2), process.env);
  const starting = startWinnow({
    env,
    source,
    isDev: false,
    say: console.log,
    prepare: () => startFresh(env.DATA_DIR),
  });
  stopping = stopOnSignals(starting);
  await play({ winnow: await starting, env, say: console.log, signal: stopping });
} catch (error) {
  // What breaks while all is being stopped is no news.
  if (!stopping?.aborted) {
    console.error(inWords(error));
    process.exit(1);
  }
}

function settingsFor(
  argv: string[],
  given: Record<string, string | undefined>,
): { env: Env; source: Record<string, string | undefined> } {
  const options = readOptions(argv);
  // An empty value also keeps the processes from taking one out of a .env file.
  const ours = Object.fromEntries(envKeys.map(({ key }) => [key, TAKEN_OVER.has(key) ? (given[key] ?? "") : ""]));
  const source = {
    ...given,
    ...ours,
    LOG_LEVEL: given["LOG_LEVEL"] ?? "warn",
    DATA_DIR: resolve(options["data-dir"] ?? join(ROOT, ".data-demo")),
    ...(options.port ? { PORT: options.port } : {}),
  };
  return { env: readEnv(source), source };
}

function readOptions(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: { port: { type: "string" }, "data-dir": { type: "string" } } }).values;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError(
      "invalid_input",
      `${why} Say \`npm run demo\`, \`npm run demo -- --port 4000\` or \`-- --data-dir <folder>\`.`,
      { cause },
    );
  }
}

/** Empties the demo's folder, and no other. */
async function startFresh(dataDir: string): Promise<void> {
  const content = readdirSync(dataDir).filter((name) => !name.startsWith(LOCK_FILE));
  if (content.length > 0 && !existsSync(join(dataDir, MARK))) {
    throw new AppError(
      "conflict",
      `${dataDir} holds something that no demo made, so it is left alone: name another folder with --data-dir.`,
    );
  }
  await stopOrphan(join(dataDir, "postgres"));
  for (const name of content.filter((each) => each !== MARK))
    rmSync(join(dataDir, name), { recursive: true, force: true });
  writeFileSync(join(dataDir, MARK), "npm run demo empties this folder each time.\n");
}
