// A process that writes into a knowledge base, for tests with several of them and for tests that kill one.
// It takes its orders as JSON in its first argument, and says on stdout what it is about to do and what it did.
import { z } from "zod";

import { createKbs } from "#server/kb/index.ts";
import { noteFiles } from "#server/knowledge/index.ts";
import { closeDb, openDb } from "#server/lib/db.ts";
import { readEnv } from "#server/lib/env.ts";
import { createLog } from "#server/lib/log.ts";

export const Orders = z.object({
  databaseUrl: z.string(),
  dataDir: z.string(),
  homeId: z.uuid(),
  spaceId: z.uuid(),
  operationIds: z.array(z.uuid()),
  /** Says "committed" between the first commit and its rows, and stays there. */
  stopBeforeRows: z.boolean().default(false),
});

/** Each operation adds its id to one list and writes a file of its own: a lost write shows in the list. */
async function write(orders: z.output<typeof Orders>): Promise<void> {
  const db = openDb(orders.databaseUrl, { max: 4 });
  const log = createLog({ level: "silent" });
  const ctx = { actor: { type: "system", name: "writer" }, db, log, now: () => new Date() } as const;
  const kbs = createKbs({
    db,
    log,
    homeId: orders.homeId,
    env: readEnv({ DATA_DIR: orders.dataDir }),
    files: noteFiles,
  });
  const kb = await kbs.open(orders.spaceId);
  process.stdout.write("ready\n");
  for (const operationId of orders.operationIds) {
    const result = await kb.runOperation(ctx, {
      operationId,
      kind: "edit",
      subject: `Add ${operationId}`,
      trailers: [],
      author: { name: "Writer", email: "writer@example.org" },
      plan: async (tree) => [
        { path: "list.md", content: `${(await tree.read("list.md")) ?? ""}${operationId}\n` },
        { path: `notes/${operationId}.md`, content: operationId },
      ],
      inTransaction: async () => {
        if (!orders.stopBeforeRows) return;
        process.stdout.write("committed\n");
        await new Promise((resolve) => setTimeout(resolve, 600_000));
      },
    });
    process.stdout.write(`done ${operationId} ${result?.commitHash}\n`);
  }
  await kbs.close();
  await closeDb(db);
}

await write(Orders.parse(JSON.parse(process.argv[2] ?? "")));
