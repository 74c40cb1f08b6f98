import type { Run } from "#prisma/client.ts";
import { kbQueue, kbStatus } from "#server/kb/index.ts";
import { escapeText } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { addressesOf } from "../addresses.ts";
import { type Answer, bullets, code, moment, paragraphs } from "./answer.ts";
import type { Caller } from "./caller.ts";

const MOST_REQUESTS = 5;
const SHORT_HASH = 10;

type KbStatus = Awaited<ReturnType<typeof kbStatus>>;

/** What is under way: in the knowledge base, of one's own, in the analysis. Only what the rows say. */
export const status: Answer = async (_deps, ctx, caller) => {
  const { spaceId, words } = caller;
  const [kb, queue, mine, run] = await Promise.all([
    kbStatus(ctx, { spaceId }),
    kbQueue(ctx, { spaceId }),
    myRequests(ctx, caller),
    ctx.db.prisma.run.findFirst({ where: { spaceId }, orderBy: { createdAt: "desc" } }),
  ]);
  return {
    text: paragraphs(
      words("commands.status.title"),
      bullets([queueLine(caller, kb, queue), ...kbTrouble(caller, kb)]),
      mine,
      runLine(caller, run),
    ),
  };
};

function queueLine(caller: Caller, kb: KbStatus, { holder, waiting }: Awaited<ReturnType<typeof kbQueue>>): string {
  const { words } = caller;
  if (!kb) return words("commands.status.noKb");
  const state = holder
    ? words("commands.status.held", {
        subject: escapeText(holder.subject),
        who: escapeText(holder.for),
        since: moment(holder.startedAt ?? holder.queuedAt, caller),
      })
    : words("commands.status.free");
  return `${state} ${words("commands.status.waiting", { count: waiting.length })}`;
}

/** What is in the way of a knowledge base. */
function kbTrouble({ words }: Caller, kb: KbStatus): string[] {
  if (!kb) return [];
  return [
    ...(kb.hasWorker ? [] : [words("commands.status.noWorker")]),
    ...(kb.pushFailure ? [words("commands.status.pushFailed", { why: escapeText(kb.pushFailure) })] : []),
    ...(kb.syncFailure ? [words("commands.status.syncFailed", { why: escapeText(kb.syncFailure) })] : []),
  ];
}

async function myRequests(ctx: Ctx, caller: Caller): Promise<string> {
  const { spaceId, contributorId, words } = caller;
  const { rows } = await ctx.db.pool.query<{
    mode: "note" | "ask" | "agent";
    status: "gathering" | "waiting" | "working";
    since: Date;
  }>(
    `select mode, status, case when status = 'working' then coalesce(started_at, created_at) else created_at end as since
       from requests where space_id = $1 and contributor_id = $2 and status in ('gathering', 'waiting', 'working')
      order by created_at, id`,
    [spaceId, contributorId],
  );
  if (rows.length === 0) return words("commands.status.none");
  const lines = rows.slice(0, MOST_REQUESTS).map((row) =>
    words(`commands.status.request.${row.status}`, {
      what: words(`commands.status.request.${row.mode}`),
      since: moment(row.since, caller),
    }),
  );
  const more = rows.length - lines.length;
  const rest = more > 0 ? [words("commands.status.more", { count: String(more) })] : [];
  return `${words("commands.status.mine")}\n\n${bullets([...lines, ...rest])}`;
}

function runLine(caller: Caller, run: Run | null): string {
  const { words } = caller;
  if (!run) return words("commands.status.noRun");
  return words("commands.status.run", {
    state: words(`commands.status.state.${run.status}`),
    at: moment(run.endedAt ?? run.reviewedAt ?? run.completedAt ?? run.startedAt ?? run.createdAt, caller),
    messages: run.messagesTotal,
    proposals: run.proposalsTotal,
    open: String(run.proposalsPending),
  });
}

/** Where the knowledge base is and how it stands. */
export const kb: Answer = async ({ appUrl }, ctx, caller) => {
  const { spaceId, space, words } = caller;
  const [state, notes] = await Promise.all([
    kbStatus(ctx, { spaceId }),
    ctx.db.prisma.note.count({ where: { spaceId } }),
  ]);
  const title = words("commands.kb.title", { space: escapeText(space.name) });
  const open = {
    label: words("commands.kb.open"),
    url: addressesOf(appUrl, space.slug, caller.channel).page("knowledge"),
  };
  if (!state) return { text: paragraphs(title, words("commands.status.noKb")), buttons: [[open]] };
  const lines = [
    words("commands.kb.branch", { branch: code(state.branch) }),
    words("commands.kb.notes", { count: notes }),
    await commitLine(ctx, caller, state.headCommit),
    ...(state.remote === null
      ? [words("commands.kb.noRemote")]
      : [
          words("commands.kb.remote", { remote: code(state.remote) }),
          ...(state.headCommit === null
            ? []
            : [
                state.isPushed ? words("commands.kb.pushed") : words("commands.kb.unpushed", { count: state.unpushed }),
              ]),
        ]),
    ...kbTrouble(caller, state),
  ];
  return { text: paragraphs(title, bullets(lines)), buttons: [[open]] };
};

async function commitLine(ctx: Ctx, caller: Caller, head: string | null): Promise<string> {
  const { spaceId, words } = caller;
  if (head === null) return words("commands.kb.noCommit");
  const commit = head.slice(0, SHORT_HASH);
  const operation = await ctx.db.prisma.kbOperation.findFirst({
    where: { spaceId, commitHash: head },
    select: { committedAt: true },
    orderBy: { committedAt: "desc" },
  });
  if (!operation?.committedAt) return words("commands.kb.commit", { commit });
  return words("commands.kb.commitAt", { commit, at: moment(operation.committedAt, caller) });
}
