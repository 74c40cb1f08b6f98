import { randomBytes, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Env } from "./env.ts";

/** What a data folder keeps for the processes that share it. */
export type Home = {
  /** Names this folder in the database: the jobs of its knowledge base run only where it is at hand. */
  id: string;
  /** Signs sessions: AUTH_SECRET where it is set, else made once and kept in the folder. */
  authSecret: string;
};

/** Opens the data folder, which is made at first use for its owner alone. Any number of processes may do so at once. */
export function openHome(env: Pick<Env, "DATA_DIR" | "AUTH_SECRET">): Home {
  mkdirSync(env.DATA_DIR, { recursive: true, mode: 0o700 });
  return {
    id: keep(join(env.DATA_DIR, "home-id"), randomUUID),
    authSecret: env.AUTH_SECRET ?? keep(join(env.DATA_DIR, "auth-secret"), () => randomBytes(32).toString("base64url")),
  };
}

/** Reads a small file that only its owner may read, or makes it whole: of several makers at once, the first wins. */
function keep(path: string, make: () => string): string {
  const draft = `${path}.${process.pid}-${randomUUID()}`;
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
  writeFileSync(draft, `${make()}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(path, "utf8").trim();
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
