// What a durable note commit costs through Winnow, beside `git add` and `git commit` on the same files in a repository of the same
// size; and a burst of approvals with one push, beside a commit and a push for each note.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startPostgres } from "#server/start/postgres.ts";
import { ROOT } from "#tests/support/command.ts";

import { migrate } from "../../prisma/migrate.ts";
import type { FloorOrder, FloorResult } from "./kb-floor.ts";
import { copyDatabase, openSite, type Site } from "./kb-site.ts";
import { type BenchRow, median, row, rounded, ROUNDS } from "./rounds.ts";

const SIZES = [10, 1_000, 20_000] as const;
/** So many commits of one side, then as many of the other, and again: the machine is not equally quick all the time. */
const BLOCK = 10;
const BLOCKS = 4;
const BURST = { size: 1_000, approvals: 200, byPeer: 40 };

type Size = (typeof SIZES)[number];
type Figures = { winnowMs: number; gitMs: number };
type BurstFigures = { winnowPerSecond: number; usualPerSecond: number };

export async function bench(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "winnow-bench-kb-"));
  const postgres = await startPostgres({ dir: join(dir, "postgres"), database: "winnow" });
  const peer = fork(join(ROOT, "tests/bench/kb-floor.ts"), { cwd: ROOT });
  const sites = new Map<string, Site>();
  try {
    await migrate(postgres.url);
    const open = async (name: string, size: number, isPushed: boolean) => {
      const databaseUrl = await copyDatabase(postgres.url, name);
      sites.set(name, await openSite({ dir: join(dir, name), databaseUrl, size, isPushed }));
    };
    for (const size of SIZES) await open(nameOf(size), size, false);
    await open("burst", BURST.size, true);

    const ofSize = (size: Size, blocks: number) => measureCommits(sites.get(nameOf(size))!, peer, blocks);
    const ofBurst = (approvals: number) => measureBurst(sites.get("burst")!, peer, approvals);
    for (const size of SIZES) await ofSize(size, 1);
    await ofBurst(BLOCK);
    const commits = new Map<Size, Figures[]>();
    const bursts: BurstFigures[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const size of SIZES) {
        commits.set(size, [...(commits.get(size) ?? []), await ofSize(size, BLOCKS)]);
      }
      bursts.push(await ofBurst(BURST.approvals));
    }
    return present(commits, bursts);
  } finally {
    peer.kill();
    for (const site of sites.values()) await site.close();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Winnow first in each block, because it decides what stands in the listings that git then commits too. */
async function measureCommits(site: Site, peer: ChildProcess, blocks: number): Promise<Figures> {
  const winnowMs: number[] = [];
  const gitMs: number[] = [];
  for (let block = 0; block < blocks; block += 1) {
    const made: string[] = [];
    for (let at = 0; at < BLOCK; at += 1) {
      const startedMs = performance.now();
      made.push(await site.commit());
      winnowMs.push(performance.now() - startedMs);
    }
    gitMs.push(...(await byPeer(peer, site, made, false)));
  }
  return { winnowMs: median(winnowMs), gitMs: median(gitMs) };
}

async function measureBurst(site: Site, peer: ChildProcess, approvals: number): Promise<BurstFigures> {
  const startedMs = performance.now();
  const made = await Promise.all(Array.from({ length: approvals }, () => site.commit()));
  await site.push();
  const winnowMs = performance.now() - startedMs;
  const some = made.slice(0, BURST.byPeer);
  const peerMs = await byPeer(peer, site, some, true);
  return { winnowPerSecond: (approvals * 1000) / winnowMs, usualPerSecond: (some.length * 1000) / sum(peerMs) };
}

/** The same files by plain git, one commit after another. @returns how long each took, in ms */
async function byPeer(peer: ChildProcess, site: Site, made: readonly string[], isPushed: boolean): Promise<number[]> {
  const commits = await Promise.all(made.map((hash) => site.filesOf(hash)));
  peer.send({ folder: site.clone, commits, isPushed } satisfies FloorOrder);
  const [result] = (await once(peer, "message")) as [FloorResult];
  return result.durationsMs;
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

function present(commits: ReadonlyMap<Size, Figures[]>, bursts: BurstFigures[]): BenchRow[] {
  const figures = (size: Size, what: keyof Figures) => commits.get(size)!.map((figure) => figure[what]);
  const middle = (values: number[]) => rounded(median(values));
  return [
    ...SIZES.map((size) =>
      row(
        `kb.commit_vs_git.${size}`,
        figures(size, "winnowMs").map((ms, round) => ms / figures(size, "gitMs")[round]!),
        { "winnow.ms": middle(figures(size, "winnowMs")), "git_add_commit.ms": middle(figures(size, "gitMs")) },
      ),
    ),
    row(
      "kb.commit_growth",
      figures(20_000, "winnowMs").map((ms, round) => ms / figures(1_000, "winnowMs")[round]!),
      {
        "winnow.1000.ms": middle(figures(1_000, "winnowMs")),
        "winnow.20000.ms": middle(figures(20_000, "winnowMs")),
        "git_add_commit.growth": middle(
          figures(20_000, "gitMs").map((ms, round) => ms / figures(1_000, "gitMs")[round]!),
        ),
      },
    ),
    row(
      "kb.burst_vs_usual",
      bursts.map(({ winnowPerSecond, usualPerSecond }) => winnowPerSecond / usualPerSecond),
      {
        "winnow.notesPerSecond": middle(bursts.map(({ winnowPerSecond }) => winnowPerSecond)),
        "add_commit_push.notesPerSecond": middle(bursts.map(({ usualPerSecond }) => usualPerSecond)),
      },
    ),
  ];
}

const nameOf = (size: Size) => `kb_${size}`;
