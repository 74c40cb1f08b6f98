import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";

import type { Caller } from "./caller.ts";
import { figuresOf, type Figures, notesQuoting, type QuotingNote } from "./me-figures.ts";

type Erased =
  /** Something of theirs is being worked on, and would write on; it is being stopped, and nothing was deleted. */
  { type: "busy"; count: number } | { type: "erased"; figures: Figures; notes: QuotingNote[] };

/**
 * Deletes what a person said, with all that it led to and that is not knowledge of the team: messages with revisions, files and quotes,
 * requests with their turns, gaps and posts, memories, and the updates that it all came in. Notes and proposals stay. All in one transaction.
 * @param keepPostId the post that it was asked for under
 * @returns what was deleted, and the notes that quote it
 */
export async function erase(ctx: Ctx, caller: Caller, { keepPostId }: { keepPostId: string }): Promise<Erased> {
  const { spaceId, contributorId } = caller;
  return transaction(ctx.db, async (tx) => {
    const requests = await tx.query<{ id: string; status: string }>(
      "select id, status from requests where space_id = $1 and contributor_id = $2 order by id for update",
      [spaceId, contributorId],
    );
    const working = requests.filter((request) => request.status === "working").map(({ id }) => id);
    if (working.length > 0) {
      await tx.query("update requests set cancel_asked_at = coalesce(cancel_asked_at, $2) where id = any($1)", [
        working,
        ctx.now(),
      ]);
      return { type: "busy", count: working.length };
    }
    const figures = await figuresOf(tx, caller);
    const notes = await notesQuoting(tx, caller);
    await erasePosts(tx, caller, keepPostId);
    await eraseUpdates(tx, caller);
    await eraseReplays(tx, caller);
    await eraseMessages(tx, caller);
    await tx.query("delete from requests where space_id = $1 and contributor_id = $2", [spaceId, contributorId]);
    await tx.query("delete from memories where space_id = $1 and contributor_id = $2", [spaceId, contributorId]);
    await tx.query("update conversations set pending_input = null, version = version + 1 where contributor_id = $1", [
      contributorId,
    ]);
    announce(tx, ctx, caller);
    return { type: "erased", figures, notes };
  });
}

/** What Winnow said to them repeats what they said; cards of proposals are not about them, and stay. */
async function erasePosts(tx: Tx, { spaceId, contributorId }: Caller, keepPostId: string): Promise<void> {
  await tx.query(
    `delete from posts where space_id = $1 and id <> $3
        and ((subject_type = 'command' and subject_id = $2::text)
          or (subject_type <> 'proposal' and chat_id in (
                select v.chat_id from conversations v join chats h on h.id = v.chat_id
                 where v.contributor_id = $2::uuid and h.kind = 'private'))
          or (subject_type = 'request' and subject_id in (select id::text from requests where contributor_id = $2::uuid)))`,
    [spaceId, contributorId, keepPostId],
  );
}

/** Their own updates, and those of others that carry their words along: answers bring what they answer. */
async function eraseUpdates(tx: Tx, { contributorId }: Caller): Promise<void> {
  await tx.query(
    `update inbound_updates set payload = '{}'
       from contributors c
      where c.id = $1 and c.channel = 'telegram' and c.external_id ~ '^\\d+$' and handled_at is not null
        and payload ~ ('"id"\\s*:\\s*' || c.external_id || '\\M')`,
    [contributorId],
  );
}

/** What a replay found in their words is nobody's knowledge: it goes. */
async function eraseReplays(tx: Tx, { spaceId, contributorId }: Caller): Promise<void> {
  await tx.query(
    `update replay_batches rb
        set found = (select coalesce(jsonb_agg(each), '[]') from jsonb_array_elements(rb.found) each
                      where not exists (select from jsonb_array_elements(each -> 'evidence') quote
                                          join messages m on m.id = (quote ->> 'messageId')::uuid
                                         where m.space_id = $1 and m.contributor_id = $2))
       from replays r where r.id = rb.replay_id and r.space_id = $1 and rb.found is not null`,
    [spaceId, contributorId],
  );
}

/** Quotes go with the messages; what was proposed because of them says that it has none. */
async function eraseMessages(tx: Tx, { spaceId, contributorId }: Caller): Promise<void> {
  await tx.query(
    `with theirs as (
         select id from messages where space_id = $1 and contributor_id = $2
       ), quoted as (
         select distinct proposal_id as id from proposal_evidence where message_id in (select id from theirs)
       )
       update proposals p set has_evidence = exists (
              select from proposal_evidence e where e.proposal_id = p.id and e.message_id not in (select id from theirs))
         from quoted where p.id = quoted.id`,
    [spaceId, contributorId],
  );
  await tx.query("delete from messages where space_id = $1 and contributor_id = $2", [spaceId, contributorId]);
}

function announce(tx: Tx, ctx: Ctx, { spaceId, chatId, contributorId }: Caller): void {
  const { actor } = ctx;
  const at = ctx.now();
  emit(tx, { spaceId, type: "message.updated", subjectId: contributorId, actor, at });
  emit(tx, { spaceId, type: "chat.revised", subjectId: chatId, actor, at });
}
