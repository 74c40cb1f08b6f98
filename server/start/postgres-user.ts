import { type SpawnOptions, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { AppError } from "#server/lib/errors.ts";

/** How to run the programs of Postgres, which refuse to run as root. */
export type PostgresUser = {
  wrap: (command: [string, ...string[]]) => [string, ...string[]];
  spawn: Pick<SpawnOptions, "uid" | "gid">;
  /** Makes a folder or file belong to whom the programs run as. */
  own: (path: string) => void;
};

const AS_WE_ARE: PostgresUser = { wrap: (command) => command, spawn: {}, own: () => {} };

/**
 * Whoever is not root runs Postgres as themselves. Root runs it in a user namespace, where root is nobody special but its
 * folders stay within reach; where namespaces are off, as the user `postgres`, if that one can reach everything.
 * @param dir folder of the database cluster
 * @param binary one of the programs
 * @throws AppError `unavailable` when neither works
 */
export function postgresUser(dir: string, binary: string): PostgresUser {
  if (process.getuid?.() !== 0) return AS_WE_ARE;
  if (spawnSync("unshare", ["-U", "true"]).status === 0) {
    return { ...AS_WE_ARE, wrap: (command) => ["unshare", "-U", ...command] };
  }
  return otherUser(dir, binary);
}

function otherUser(dir: string, binary: string): PostgresUser {
  const [uid, gid] = ["-u", "-g"].map((flag) =>
    Number.parseInt(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout, 10),
  );
  const advice = "start Winnow as another user, or set DATABASE_URL to a Postgres of your own.";
  if (!uid || !gid) {
    throw new AppError(
      "unavailable",
      `Postgres refuses to run as root, and this machine has neither user namespaces nor a user \`postgres\`: ${advice}`,
    );
  }
  const own = (path: string) => chownSync(path, uid, gid);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  own(dir);
  // May pass through, not look around: what else lies in the data folder is readable by root alone.
  chmodSync(dirname(dir), 0o711);
  for (const path of [binary, join(dir, ".")]) {
    if (spawnSync("sh", ["-c", 'test -x "$1"', "sh", path], { uid, gid, cwd: "/" }).status !== 0) {
      throw new AppError(
        "unavailable",
        `Postgres refuses to run as root, this machine allows no user namespaces, and its user \`postgres\` may not enter ${path}: ${advice}`,
      );
    }
  }
  return { wrap: (command) => command, spawn: { uid, gid }, own };
}
