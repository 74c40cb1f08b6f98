import { expect, onTestFinished } from "vitest";

import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { test } from "#tests/support/test.ts";

import { showCloneProgress } from "./clone-progress.ts";

async function setProgress(db: Db, spaceId: string, progress: object | null) {
  await db.pool.query("update knowledge_bases set progress = $2 where space_id = $1", [
    spaceId,
    progress && JSON.stringify({ at: new Date().toISOString(), ...progress }),
  ]);
}

test("the console tells how far a first fetch is, in steps, and when it is done", async ({ db, make }) => {
  const { id: spaceId } = await make.space();
  await db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId: newId() } });
  await setProgress(db, spaceId, { stage: "receiving", percent: 41 });
  const lines: string[] = [];
  const showing = showCloneProgress(db, { write: (text) => lines.push(text) });
  onTestFinished(showing.stop);
  await expect.poll(() => lines.at(-1)).toBe("Fetching the knowledge base: receiving 40 %\n");
  await setProgress(db, spaceId, { stage: "receiving", percent: 48 });
  await setProgress(db, spaceId, { stage: "writing files", percent: null });
  await expect.poll(() => lines.at(-1)).toBe("Fetching the knowledge base: writing files…\n");
  await setProgress(db, spaceId, null);
  await expect.poll(() => lines.at(-1)).toBe("The knowledge base is here.\n");
  expect(lines.filter((line) => line.includes("receiving"))).toHaveLength(1);
});
