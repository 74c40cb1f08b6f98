import type { Db } from "#server/lib/db.ts";
import { type KbProgress, KbProgress as Progress } from "#server/kb/schema.ts";

const LOOK_EVERY_MS = 2_000;
const WATCH_EVERY_MS = 400;
/** Where lines cannot be written over, each of these steps is a line of its own. */
const LINE_EVERY_PERCENT = 10;

/**
 * Shows on the console how far the first fetch of a knowledge base is, for as long as Winnow runs: it may begin only when the first
 * space is made.
 */
export function showCloneProgress(
  db: Pick<Db, "pool">,
  out: { isTTY?: boolean; write: (text: string) => unknown } = process.stdout,
): { stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let shown = "";
  const look = async () => {
    const progress = await readProgress(db);
    const line = progress ? inWords(progress, !out.isTTY) : "";
    if (line !== shown) {
      if (out.isTTY) out.write(`\r\u001b[K${line === "" ? "The knowledge base is here.\n" : line}`);
      else out.write(`${line === "" ? "The knowledge base is here." : line}\n`);
      shown = line;
    }
    timer = setTimeout(again, progress ? WATCH_EVERY_MS : LOOK_EVERY_MS).unref();
  };
  const again = () => {
    // Without the database there is nothing to tell; whoever needs it says so.
    look().catch(() => {
      timer = setTimeout(again, LOOK_EVERY_MS).unref();
    });
  };
  again();
  return { stop: () => clearTimeout(timer) };
}

async function readProgress(db: Pick<Db, "pool">): Promise<KbProgress | null> {
  const { rows } = await db.pool.query<{ progress: unknown }>(
    "select progress from knowledge_bases where progress is not null limit 1",
  );
  return rows[0] ? (Progress.safeParse(rows[0].progress).data ?? null) : null;
}

function inWords({ stage, percent }: KbProgress, inSteps: boolean): string {
  const step = percent === null || !inSteps ? percent : Math.floor(percent / LINE_EVERY_PERCENT) * LINE_EVERY_PERCENT;
  return `Fetching the knowledge base: ${stage}${step === null ? "…" : ` ${step} %`}`;
}
