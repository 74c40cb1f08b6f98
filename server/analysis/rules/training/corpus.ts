import { readFileSync } from "node:fs";

/** A sentence and whether people say that it asks someone to do something or proposes it. */
export type Labelled = { asks: boolean; sentence: string };

/** Lines of `Yes|No<TAB>sentence`. */
export function readLabelled(path: string): Labelled[] {
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => /^(?:Yes|No)\t/u.test(line))
    .map((line) => ({ asks: line.startsWith("Yes"), sentence: line.slice(line.indexOf("\t") + 1) }));
  if (lines.length === 0) throw new Error(`${path} has no line of the form "Yes|No<TAB>sentence".`);
  return lines;
}

/** Sentences that share so much of their pieces of five letters are one sentence in two versions. */
const SAME_FROM = 0.6;
const PIECE = 5;

/**
 * The number of the group that each sentence belongs to. Versions of one sentence (a notice with another address, a line quoted
 * twice) form a group: a fold that has one of them must not be judged by a model that was trained on another.
 */
export function groupsOf(sentences: readonly string[]): number[] {
  const parent = sentences.map((_, at) => at);
  const rootOf = (at: number): number => {
    let root = at;
    while (parent[root] !== root) root = parent[root]!;
    return root;
  };
  const pieces = sentences.map(piecesOf);
  const seenIn = new Map<string, number[]>();
  for (const [at, own] of pieces.entries()) {
    const shared = new Map<number, number>();
    for (const piece of own) {
      const others = seenIn.get(piece) ?? [];
      for (const other of others) shared.set(other, (shared.get(other) ?? 0) + 1);
      seenIn.set(piece, [...others, at]);
    }
    for (const [other, count] of shared) {
      const all = own.size + pieces[other]!.size - count;
      if (count / all >= SAME_FROM) parent[rootOf(at)] = rootOf(other);
    }
  }
  return sentences.map((_, at) => rootOf(at));
}

function piecesOf(sentence: string): Set<string> {
  const letters = sentence
    .toLowerCase()
    .replace(/https?:\S+|\$link/gu, " ")
    .replace(/[^\p{L}]+/gu, " ")
    .trim();
  const pieces = Array.from({ length: Math.max(1, letters.length - PIECE + 1) }, (_, at) =>
    letters.slice(at, at + PIECE),
  );
  return new Set(pieces);
}

/**
 * The fold of each sentence: groups stay together, each fold has its share of those that ask, the same seed gives the same folds.
 * @param groups as `groupsOf` gives them
 */
export function foldsOf(lines: readonly Labelled[], groups: readonly number[], count: number, seed: number): number[] {
  const next = randomNumbers(seed);
  const keys = new Map([...new Set(groups)].map((group) => [group, next()]));
  const inOrder = [...keys.keys()].toSorted(
    (one, other) =>
      Number(lines[one]!.asks) - Number(lines[other]!.asks) || (keys.get(one) ?? 0) - (keys.get(other) ?? 0),
  );
  const foldOf = new Map(inOrder.map((group, at) => [group, at % count]));
  return groups.map((group) => foldOf.get(group) ?? 0);
}

/** Numbers from 0 up to 1 that a seed decides (mulberry32): the same on every machine. */
function randomNumbers(seed: number): () => number {
  let state = Math.trunc(seed);
  return () => {
    state = Math.trunc(state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
