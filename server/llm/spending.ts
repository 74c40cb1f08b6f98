import type { Ctx } from "#server/lib/ctx.ts";
import { readSetting } from "#server/settings/index.ts";

import { monthOf } from "./budget.ts";
import type { ModelUse } from "./schema.ts";
import { useOf } from "./uses.ts";

/** What was spent, in US dollars where the price is known, on how many calls; `callsWithoutPrice` of them cost an unknown amount. */
export type Spent = {
  calls: number;
  inputTokens: number;
  outputTokens: number;
  /** Of the input, what the endpoint had in its cache. */
  cachedTokens: number;
  costUsd: number;
  callsWithoutPrice: number;
};

type Row = Spent & { model: string; providerId: string | null; providerName: string | null; useCase: string };

/** What models have cost a space in this calendar month (UTC), in all, by model and by use, the dearest first. */
export async function monthsSpending(ctx: Ctx, { spaceId }: { spaceId: string }) {
  const month = monthOf(ctx.now());
  const [{ rows }, budgetCents] = await Promise.all([
    ctx.db.pool.query<Row>(
      `select c.model, c.provider_id as "providerId", p.name as "providerName", c.use_case as "useCase",
              count(*)::int as calls,
              coalesce(sum(c.input_tokens), 0)::float8 as "inputTokens",
              coalesce(sum(c.output_tokens), 0)::float8 as "outputTokens",
              coalesce(sum(c.cached_tokens), 0)::float8 as "cachedTokens",
              coalesce(sum(c.cost_usd), 0)::float8 as "costUsd",
              (count(*) filter (where c.cost_usd is null and (c.input_tokens is not null or c.outcome = 'ok')))::int
                as "callsWithoutPrice"
         from llm_calls c left join llm_providers p on p.id = c.provider_id
        where c.space_id = $1 and c.started_at >= $2
        group by 1, 2, 3, 4`,
      [spaceId, month.start],
    ),
    readSetting(ctx.db, spaceId, "models.monthBudgetCents"),
  ]);
  const byModel = grouped(rows, ({ providerId, model }) => `${providerId} ${model}`).map(({ first, spent }) => ({
    providerId: first.providerId,
    providerName: first.providerName,
    model: first.model,
    ...spent,
  }));
  const byUse = grouped(rows, ({ useCase }) => useOf(useCase)).map(({ first, spent }) => ({
    use: useOf(first.useCase) satisfies ModelUse,
    ...spent,
  }));
  const { costUsd, callsWithoutPrice } = sumOf(rows);
  return { month: month.name, costUsd, callsWithoutPrice, budgetCents, byModel, byUse };
}

function grouped(rows: readonly Row[], keyOf: (row: Row) => string): Array<{ first: Row; spent: Spent }> {
  return [...Map.groupBy(rows, keyOf).values()]
    .flatMap((group) => (group[0] ? [{ first: group[0], spent: sumOf(group) }] : []))
    .toSorted((one, other) => other.spent.costUsd - one.spent.costUsd || other.spent.calls - one.spent.calls);
}

function sumOf(rows: readonly Spent[]): Spent {
  const sum = (key: keyof Spent) => rows.reduce((total, row) => total + row[key], 0);
  return {
    calls: sum("calls"),
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
    cachedTokens: sum("cachedTokens"),
    costUsd: sum("costUsd"),
    callsWithoutPrice: sum("callsWithoutPrice"),
  };
}
