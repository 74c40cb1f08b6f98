import type { Clock } from "#server/lib/clock.ts";
import type { Db } from "#server/lib/db.ts";
import { readSetting } from "#server/settings/index.ts";

/** Whose money it is: a space's, and a run's where that has a budget of its own, in US cents. */
export type Payer = { spaceId: string; runId?: string | undefined; runBudgetCents?: number | null | undefined };

/**
 * Looks whether there is money left, in a run and in its space's month. Calls without a known price count as nothing.
 * What is given says what was spent, of what, and what to do; null where there is money left.
 */
export function createBudget({ db, now }: { db: Db; now: Clock }): (payer: Payer) => Promise<string | null> {
  return async ({ spaceId, runId, runBudgetCents }) => {
    if (runId && runBudgetCents) {
      const spent = await sumOf(db, "run_id = $1", [runId]);
      if (spent * 100 >= runBudgetCents) {
        return `This run has spent ${dollars(spent)} of its ${dollars(runBudgetCents / 100)}. Nothing more is asked for it; what was found stands. Start another run for the rest, with a larger budget or a cheaper model.`;
      }
    }
    const monthCents = await readSetting(db, spaceId, "models.monthBudgetCents");
    if (monthCents === 0) return null;
    const spent = await sumOf(db, "space_id = $1 and started_at >= $2", [spaceId, monthOf(now()).start]);
    if (spent * 100 < monthCents) return null;
    return `Models have cost ${dollars(spent)} this month, and the budget is ${dollars(monthCents / 100)}. Nothing was asked; an admin can raise the budget in the settings, under Models, or wait for next month.`;
  };
}

/** The calendar month of a moment, in UTC. */
export function monthOf(at: Date): { name: string; start: Date } {
  return {
    name: at.toISOString().slice(0, 7),
    start: new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1)),
  };
}

async function sumOf(db: Db, where: string, values: unknown[]): Promise<number> {
  const { rows } = await db.pool.query<{ spent: number }>(
    `select coalesce(sum(cost_usd), 0)::float8 as spent from llm_calls where ${where}`,
    values,
  );
  return rows[0]?.spent ?? 0;
}

function dollars(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}
