import { createHash } from "node:crypto";

import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

/** What of a prompt a space may put into its own words. */
export type Prompt = { useCase: string; version: number; system: string };

/** The words that are said to the model, and their key: `3` for version 3 of the prompt's own, `3.2` with the space's second change. */
export type Words = { system: string; key: string };

/**
 * The words in force in a space: those to be tried, those of a key, or the newest that the space has chosen, else the prompt's own.
 * @throws AppError invalid_input for a key that there is not
 */
export async function wordsOf(
  db: Pick<Db, "prisma">,
  { useCase, version, system }: Prompt,
  wanted: { spaceId: string; system?: string | undefined; promptKey?: string | undefined },
): Promise<Words> {
  if (wanted.system !== undefined) return { system: wanted.system, key: keyOfTrial(wanted.system) };
  const own = { system, key: String(version) };
  const given = wanted.promptKey === undefined ? undefined : changeIn(wanted.promptKey);
  if (given === null) return own;
  const change = await db.prisma.promptOverride.findFirst({
    where: { spaceId: wanted.spaceId, useCase, ...(given !== undefined && { version: given }) },
    orderBy: { version: "desc" },
    select: { version: true, system: true },
  });
  if (change?.system) return { system: change.system, key: `${version}.${change.version}` };
  if (given !== undefined) throw noSuchWords();
  return own;
}

/** How words are called that are only tried. */
export function keyOfTrial(system: string): string {
  return `try-${createHash("sha256").update(system).digest("hex").slice(0, 8)}`;
}

/** Which change of the space a key names; null for none. */
function changeIn(key: string): number | null {
  const [, change] = /^\d{1,6}(?:\.(\d{1,6}))?$/u.exec(key) ?? [undefined, "?"];
  if (change === "?") throw noSuchWords();
  return change === undefined ? null : Number(change);
}

function noSuchWords(): AppError {
  return new AppError(
    "invalid_input",
    "There are no words of that key for this prompt. Nothing was done; choose those in force, or another change.",
  );
}
