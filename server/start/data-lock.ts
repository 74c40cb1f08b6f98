import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { AppError } from "#server/lib/errors.ts";

export const LOCK_FILE = "lock";

/**
 * Claims a data folder for this process, and makes it at first use. The claim is a lock of the operating system on an
 * empty file (Node has no other way to one than SQLite), so it goes away with the process, however that ends.
 * @throws AppError `conflict` when another process has it
 */
export function lockDataDir(dataDir: string): { release: () => void } {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const file = new DatabaseSync(join(dataDir, LOCK_FILE));
    try {
      file.exec("pragma journal_mode = memory; begin exclusive");
    } catch (error) {
      file.close();
      throw error;
    }
    return { release: () => file.close() };
  } catch (cause) {
    if (isBusy(cause)) {
      throw new AppError(
        "conflict",
        `Winnow is running on ${dataDir} already: stop it first, or set DATA_DIR to another folder.`,
      );
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError(
      "unavailable",
      `The data folder ${dataDir} cannot be used (${why}): set DATA_DIR to one that this user may write.`,
      { cause },
    );
  }
}

function isBusy(error: unknown): boolean {
  const SQLITE_BUSY = 5;
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}
