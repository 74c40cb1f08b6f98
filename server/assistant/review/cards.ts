import { type PostInput, revise, say } from "#server/channels/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { addressesOf } from "../addresses.ts";
import type { AssistantDeps } from "../deps.ts";
import { button } from "../buttons.ts";
import { cardPost } from "./card.ts";
import { ownersOf, type Reader } from "./readers.ts";
import { readSubject } from "./subject.ts";

export type ReviewDeps = Pick<AssistantDeps, "channels" | "appUrl">;

const cardKey = (proposalId: string) => `proposal:${proposalId}`;
const MORE_KEY = "review:more";

/** Shows on every card of a proposal what became of it. */
export async function refreshCards(
  deps: ReviewDeps,
  ctx: Ctx,
  { spaceId, proposalId }: { spaceId: string; proposalId: string },
  signal: AbortSignal,
): Promise<void> {
  const posts = await ctx.db.prisma.post.findMany({
    where: {
      ...{ spaceId, subjectType: "proposal", subjectId: proposalId, key: cardKey(proposalId) },
      // One that was never shown is dealt later, if it still waits then.
      ...{ externalId: { not: null }, deletedAt: null },
    },
    select: { id: true, chatId: true },
  });
  if (posts.length === 0) return;
  const subject = await readSubject(deps, ctx, { spaceId, proposalId });
  if (!subject) return;
  const owners = await ownersOf(
    ctx,
    posts.map((post) => post.chatId),
  );
  for (const post of posts) {
    const owner = owners.get(post.chatId);
    if (!owner) continue;
    await revise(deps.channels, ctx, { postId: post.id, content: cardPost(subject, owner) }, { signal });
  }
}

/**
 * Deals proposals that wait to a reviewer, oldest first, and says how many more there are: in one line that is edited from then on.
 * The same again deals nothing twice, for a card is one post.
 * @param input.upTo so many are to lie open in the chat, or with `more` are added to those that do
 * @returns how many were dealt
 */
export async function deal(
  deps: ReviewDeps,
  ctx: Ctx,
  input: { spaceId: string; reader: Reader; upTo: { open: number } | { more: number }; isQuiet: boolean },
  signal: AbortSignal,
): Promise<number> {
  const { spaceId, reader, upTo } = input;
  const { open, waiting } = await countHand(ctx, spaceId, reader.chatId);
  const room = "more" in upTo ? upTo.more : Math.max(0, upTo.open - open);
  const next = room > 0 && waiting > 0 ? await nextOf(ctx, spaceId, reader.chatId, room) : [];
  let dealt = 0;
  for (const proposalId of next) {
    const subject = await readSubject(deps, ctx, { spaceId, proposalId });
    if (subject?.proposal.status !== "pending") continue;
    const post = {
      ...{ spaceId, chatId: reader.chatId, key: cardKey(proposalId), subject: { type: "proposal", id: proposalId } },
      ...{ content: cardPost(subject, reader), isQuiet: input.isQuiet || dealt > 0 },
    };
    const { isShown } = await say(deps.channels, ctx, post, { signal });
    // It does not want us any more.
    if (!isShown) return dealt;
    dealt += 1;
  }
  await sayMore(deps, ctx, { spaceId, reader, count: waiting - dealt }, signal);
  return dealt;
}

/** The line that says how many wait without a card. Where none do and it is not there, nothing is said. */
async function sayMore(
  deps: ReviewDeps,
  ctx: Ctx,
  { spaceId, reader, count }: { spaceId: string; reader: Reader; count: number },
  signal: AbortSignal,
): Promise<void> {
  const { chatId, words } = reader;
  const where = { chatId_key: { chatId, key: MORE_KEY } };
  if (count <= 0 && !(await ctx.db.prisma.post.findUnique({ where, select: { id: true } }))) return;
  const { slug } = await ctx.db.prisma.space.findUniqueOrThrow({ where: { id: spaceId }, select: { slug: true } });
  const dashboard = { label: words("review.button.dashboard"), url: addressesOf(deps.appUrl, slug).page("review") };
  const content: PostInput =
    count > 0
      ? {
          text: words("review.more", { count }),
          buttons: [[button(words("review.button.next"), { do: "review.next" }), dashboard]],
        }
      : { text: words("review.noMore") };
  const subject = { type: "review", id: reader.contributorId };
  await say(deps.channels, ctx, { spaceId, chatId, key: MORE_KEY, subject, content, isQuiet: true }, { signal });
}

/** Whether a card stands in the chat, or stood there and was taken away. */
const HAS_CARD = `exists (select from posts where chat_id = $2 and key = 'proposal:' || p.id
  and (external_id is not null or deleted_at is not null))`;

async function countHand(ctx: Ctx, spaceId: string, chatId: string): Promise<{ open: number; waiting: number }> {
  const { rows } = await ctx.db.pool.query<{ open: number; waiting: number }>(
    `select count(*) filter (where has_card)::int as open, count(*) filter (where not has_card)::int as waiting
       from (select ${HAS_CARD} as has_card from proposals p where p.space_id = $1 and p.status = 'pending') as each`,
    [spaceId, chatId],
  );
  return rows[0] ?? { open: 0, waiting: 0 };
}

async function nextOf(ctx: Ctx, spaceId: string, chatId: string, limit: number): Promise<string[]> {
  const { rows } = await ctx.db.pool.query<{ id: string }>(
    `select p.id from proposals p where p.space_id = $1 and p.status = 'pending' and not ${HAS_CARD}
      order by p.created_at, p.id limit $3`,
    [spaceId, chatId, limit],
  );
  return rows.map((row) => row.id);
}
