import type { Ctx } from "#server/lib/ctx.ts";
import type { ChatMessage } from "#server/llm/index.ts";

/** What the assistant remembers of a conversation: about 4,000 tokens. */
const [MOST_TURNS, MOST_CHARACTERS] = [20, 16_000];

/**
 * What was said in a conversation before, oldest first: its last turns, as many as there is room for. A turn is there whole or not at all,
 * and the first one is always the person's.
 */
export async function historyOf(
  ctx: Pick<Ctx, "db">,
  given: { conversationId: string; limitTurns?: number; limitCharacters?: number },
): Promise<ChatMessage[]> {
  const { conversationId, limitTurns = MOST_TURNS, limitCharacters = MOST_CHARACTERS } = given;
  const turns = await ctx.db.prisma.turn.findMany({
    where: { conversationId },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: limitTurns,
    select: { role: true, text: true },
  });
  let characters = 0;
  const fitting = turns.findIndex(({ text }) => (characters += text.length) > limitCharacters);
  const last = (fitting === -1 ? turns : turns.slice(0, fitting)).toReversed();
  const first = last.findIndex(({ role }) => role === "user");
  return first === -1 ? [] : last.slice(first).map(({ role, text }) => ({ role, content: text }));
}
