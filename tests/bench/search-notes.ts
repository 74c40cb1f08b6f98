import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { noteFiles } from "#server/knowledge/index.ts";

export const NOTES = 20_000;
const WORDS_IN_NOTE = 300;
const VOCABULARY = 30_000;
/** The commonest are what languages have articles for; nobody looks for them. */
const MOST_COMMON = 100;
const TOPICS = 200;
const NOTES_AT_ONCE = 500;

/** Numbers that look like chance and are the same each time. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // The upper bits; the lower ones repeat soon.
    return (state >>> 8) / 2 ** 24;
  };
}

const [CONSONANTS, VOWELS] = ["bcdfghjklmnprstvwz", "aeiouy"];

/** Words of their own, four to eleven letters long, pronounceable. */
function makeWords(count: number): string[] {
  const random = randomNumbers(5);
  const letter = (of: string) => of.charAt(Math.floor(random() * of.length));
  const words = new Set<string>();
  while (words.size < count) {
    const length = 4 + Math.floor(random() * 8);
    let word = "";
    while (word.length < length) word += letter(word.length % 2 === 0 || random() < 0.2 ? CONSONANTS : VOWELS);
    words.add(word);
  }
  return [...words];
}

const WORDS = makeWords(VOCABULARY);

/** A word as often as languages have them: the hundredth a hundredth as often as the first. */
const wordAtRandom = (random: () => number) => WORDS[Math.floor(VOCABULARY ** random()) - 1]!;

/** A word that someone might look for. */
export function wordToFind(random: () => number): string {
  return WORDS[Math.floor(MOST_COMMON * (VOCABULARY / MOST_COMMON) ** random())]!;
}

const COMMON = new Set(WORDS.slice(0, MOST_COMMON));
export const isWordToFind = (word: string) => word !== "" && !COMMON.has(word);

/** A space with notes as a commit brings them, of words that are as unequally common as those of a language. */
export async function fillSpace(ctx: Ctx): Promise<string> {
  const [spaceId, kbId] = [newId(), newId()];
  await ctx.db.prisma.space.create({ data: { id: spaceId, slug: "bench", name: "Bench" } });
  await ctx.db.prisma.knowledgeBase.create({ data: { id: kbId, spaceId, homeId: newId() } });
  const random = randomNumbers(7);
  const words = (count: number) => Array.from({ length: count }, () => wordAtRandom(random)).join(" ");
  const types = ["Decision", "Problem", "Solution", "Note", "Question"];
  for (let first = 0; first < NOTES; first += NOTES_AT_ONCE) {
    const changes = Array.from({ length: NOTES_AT_ONCE }, (_, index) => {
      const at = first + index;
      const front = {
        ...{ type: types[at % types.length], title: words(5), description: words(10), tags: [WORDS[at % 40]] },
        ...{ status: at % 20 === 0 ? "deprecated" : "stable", verified: at % 2 === 0 ? [{ by: "human:1" }] : [] },
      };
      return {
        path: `topics/${WORDS[at % TOPICS]}/${at}.md`,
        content: `---\n${JSON.stringify(front)}\n---\n\n${words(WORDS_IN_NOTE)}\n`,
      };
    });
    const about = {
      spaceId,
      kbId,
      commitHash: String(first).padStart(40, "0"),
      committedAt: new Date(1_790_000_000_000 + first),
    };
    await transaction(ctx.db, (tx) => noteFiles.record(tx, { ...about, proposalId: null, actor: ctx.actor, changes }));
  }
  await ctx.db.pool.query("vacuum analyze notes");
  return spaceId;
}
