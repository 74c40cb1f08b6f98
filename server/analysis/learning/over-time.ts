import type { Ctx } from "#server/lib/ctx.ts";
import type { Confidence, RejectCode } from "#prisma/enums.ts";

import { share } from "./accuracy.ts";
import { readBefore } from "./missed.ts";
import type { Split } from "./schema.ts";

type Span = { spaceId: string; from: Date; to: Date };

type Counts = {
  /** Decided by a person, or by a rule and looked at by a person afterwards. */
  decided: number;
  /** Of those: approved or merged. */
  useful: number;
  /** Of the useful ones: after somebody changed the words. */
  edited: number;
  /** Asked for by a person though a run had read it, and approved. */
  missed: number;
};
/** What people decided on what runs found, and what they had to ask for. Shares are 0 to 1, null where there is nothing to share. */
export type Figures = Counts & {
  /** useful / decided */
  precision: number | null;
  /** useful / (useful + missed); null by band, for what was not found has none. */
  recall: number | null;
  /** edited / useful */
  editedShare: number | null;
};

/**
 * The decisions in force on what runs found, and the missed things that were approved, each with what it can be ordered by.
 * A rule's approval is nobody's judgement until somebody looked at it. A missed thing has a row for each run that had read it.
 * $1 is the space; $2 and $3 what the time lies between.
 */
const decisions = (time: "p.decided_at" | "r.created_at") => `
  select p.id, r.id as run_id, r.window_end as run_at, p.kind::text as kind, p.confidence::text as band, p.generated_by as model,
         coalesce(p.prompt_key, r.prompt_key, r.prompt_version::text, 'none') as prompt, p.decided_at, p.decision_code::text as code,
         case when p.auto_rule_id is null then p.status <> 'rejected' else a.was_right end as useful,
         p.edit_count > 0 as edited, false as missed
    from proposals p join runs r on r.id = p.run_id left join approval_audits a on a.proposal_id = p.id
   where p.space_id = $1 and p.status <> 'pending' and (p.auto_rule_id is null or a.was_right is not null)
     and ${time} >= $2 and ${time} < $3
  union all
  select p.id, r.id, r.window_end, p.kind::text, 'none', coalesce(r.model, r.provider, 'none'),
         coalesce(r.prompt_key, r.prompt_version::text, 'none'), p.decided_at, null, true, p.edit_count > 0, true
    from proposals p join runs r on r.id in (${readBefore("p")})
   where p.space_id = $1 and p.is_missed and p.status in ('approved', 'merged') and ${time} >= $2 and ${time} < $3`;
/** Where it is not asked by run, a missed thing counts once: for the last run that had read it. */
const ONCE = `select distinct on (id) * from (${decisions("p.decided_at")}) each order by id, run_at desc`;

const COUNTS = `count(*) filter (where not missed)::int as decided, count(*) filter (where not missed and useful)::int as useful,
                count(*) filter (where not missed and useful and edited)::int as edited, count(*) filter (where missed)::int as missed`;
const KEYS = { none: "'all'", kind: "kind", band: "band", model: "model", prompt: "prompt" } satisfies Record<
  Split,
  string
>;

/**
 * Precision, recall and the share of edited ones, by week (of the space's clock) or by run.
 * @returns for each week or run, and each kind, band, model or prompt in it, one point; `at` is where it stands in time
 */
export async function overTime(ctx: Ctx, input: Span & { by: "week" | "run"; split: Split }) {
  const { spaceId, from, to, by, split } = input;
  const { timeZone } = await ctx.db.prisma.space.findUniqueOrThrow({ where: { id: spaceId } });
  const bucket =
    by === "run"
      ? "run_id::text as bucket, run_at as at"
      : "to_char(date_trunc('week', decided_at at time zone $4), 'YYYY-MM-DD') as bucket, date_trunc('week', decided_at, $4) as at";
  const { rows } = await ctx.db.pool.query<Counts & { bucket: string; at: Date; key: string }>(
    `select ${bucket}, ${KEYS[split]} as key, ${COUNTS} from (${by === "run" ? decisions("r.created_at") : ONCE}) d
      ${split === "band" ? "where not missed" : ""} group by 1, 2, 3 order by 2, 3`,
    by === "run" ? [spaceId, from, to] : [spaceId, from, to, timeZone],
  );
  return {
    points: rows.map(({ bucket: name, at, key, ...counts }) => ({ bucket: name, at, key, ...figures(counts, split) })),
  };
}

/** The figures of a time in all, and by everything that they can be ordered by. */
export async function summary(ctx: Ctx, { spaceId, from, to }: Span) {
  const { rows } = await ctx.db.pool.query<
    Counts & { kind: string; band: string; model: string; prompt: string; code: RejectCode | null; useful: number }
  >(`select kind, band, model, prompt, code, ${COUNTS} from (${ONCE}) d group by 1, 2, 3, 4, 5`, [spaceId, from, to]);
  const by = (split: Exclude<Split, "none">) =>
    Object.entries(
      Object.groupBy(split === "band" ? rows.filter(({ decided }) => decided > 0) : rows, (row) => row[split]),
    )
      .map(([key, group = []]) => ({ key, ...figures(added(group), split) }))
      .toSorted((a, b) => b.decided - a.decided || a.key.localeCompare(b.key));
  const rejected = rows.filter(({ decided, useful }) => decided > useful);
  const codes = Object.groupBy(rejected, ({ code }) => code ?? "none");
  const {
    rows: [unlooked],
  } = await ctx.db.pool.query<{ count: number }>(
    `select count(*)::int as count from proposals p left join approval_audits a on a.proposal_id = p.id
      where p.space_id = $1 and p.auto_rule_id is not null and a.was_right is null and p.status <> 'pending'
        and p.decided_at >= $2 and p.decided_at < $3`,
    [spaceId, from, to],
  );
  return {
    all: figures(added(rows), "none"),
    byKind: by("kind"),
    byBand: by("band"),
    byModel: by("model"),
    byPrompt: by("prompt"),
    /** Why proposals were rejected, most often first; null for those without one of the six reasons. */
    rejectCodes: Object.values(codes)
      .map((group) => {
        const { decided, useful } = added(group);
        return { code: group[0]?.code ?? null, count: decided - useful };
      })
      .toSorted((a, b) => b.count - a.count),
    /** Approved by a rule and seen by nobody since: in none of these figures. */
    unlooked: unlooked?.count ?? 0,
  };
}

/** Fewer decisions than these say little, and it is said so. */
const FEW = 20;

/**
 * How often proposals of each confidence band were of use, over all decisions there are.
 * @returns for each band what was decided and its share, with the range that the true share lies in (95 %, Wilson)
 */
export async function calibration(ctx: Ctx, { spaceId }: { spaceId: string }) {
  const { rows } = await ctx.db.pool.query<Counts & { band: Confidence }>(
    `select band, ${COUNTS} from (${decisions("p.decided_at")}) d where not missed group by 1`,
    [spaceId, new Date(0), new Date(8.64e15 / 1_000)],
  );
  const bands = (["strong", "fair", "weak"] as const).map((band) => {
    const { decided, useful, edited } = rows.find((row) => row.band === band) ?? { decided: 0, useful: 0, edited: 0 };
    return {
      band,
      decided,
      useful,
      edited,
      share: share(useful, decided),
      range: rangeOf(useful, decided),
      isFew: decided < FEW,
    };
  });
  return { bands, few: FEW };
}

/** Wilson's interval: what a share may be when it was seen in so few or many. Null where nothing was seen. */
function rangeOf(part: number, whole: number): { low: number; high: number } | null {
  if (whole === 0) return null;
  const z = 1.96;
  const p = part / whole;
  const scale = 1 + z ** 2 / whole;
  const middle = (p + z ** 2 / (2 * whole)) / scale;
  const half = (z * Math.sqrt((p * (1 - p)) / whole + z ** 2 / (4 * whole ** 2))) / scale;
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

function figures(counts: Counts, split: Split): Figures {
  const { decided, useful, edited, missed } = counts;
  return {
    ...counts,
    precision: share(useful, decided),
    recall: split === "band" ? null : share(useful, useful + missed),
    editedShare: share(edited, useful),
  };
}

function added(all: Counts[]): Counts {
  const sum = (key: keyof Counts) => all.reduce((total, each) => total + each[key], 0);
  return { decided: sum("decided"), useful: sum("useful"), edited: sum("edited"), missed: sum("missed") };
}
