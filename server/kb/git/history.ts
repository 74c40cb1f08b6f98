import { randomUUID } from "node:crypto";

import { OPERATION_TRAILER } from "./commit-text.ts";
import { git, GitError, gitText } from "./git.ts";
import type { BlamedLines, KbCommit } from "../kb.ts";

// What was done to the files, asked of git itself: rare questions of people, each a process of its own.

const LOG_LENGTH = 50;
const FIELDS = ["%H", "%s", "%an", "%ct", `%(trailers:key=${OPERATION_TRAILER},valueonly,separator=%x2C)`];
/** Nobody who writes a subject can know it: what it stands before is the beginning of a commit. */
const MARK = randomUUID();
const FORMAT = `--format=${MARK}${FIELDS.join("%x00")}%x00`;
/** What would move the cursor, turn the text around, or hide it. */
const UNSEEN = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+/gu;

export type History = {
  /** The operations that commits name which one history has and another does not: whoever wrote them, true or not. */
  claimed: (of: string, without: string) => Promise<string[]>;
  /** See `Kb.log`. */
  log: (path?: string) => Promise<KbCommit[]>;
  /** Who wrote a commit: for the other half of a conflict. */
  authorOf: (hash: string, path: string) => Promise<{ name: string; email: string } | null>;
  /** See `Kb.blame`. */
  blame: (path: string) => Promise<BlamedLines[]>;
};

/** @param ref what is asked about when no commit is named */
export function openHistory(gitDir: string, ref: string): History {
  return {
    log: async (path) => {
      // Notes are much alike, front matter and all: only one that is nearly the same is the file under an earlier name.
      const ofFile = path === undefined ? ["--"] : ["--follow", "-M90%", "--name-only", "--", path];
      const { stdout } = await git(gitDir, ["log", "-z", `-n${LOG_LENGTH}`, FORMAT, ref, ...ofFile]);
      return stdout.toString().split(MARK).slice(1).map(parseCommit);
    },
    claimed: async (of, without) => {
      const format = `--format=%(trailers:key=${OPERATION_TRAILER},valueonly,separator=%x2C)`;
      const grep = `--grep=${OPERATION_TRAILER}:`;
      const out = await gitText(gitDir, ["log", "-F", "-i", grep, format, of, `^${without}`, "--"]);
      return [...new Set(out.split(/[\n,]/).map((id) => id.trim()))].filter((id) => /^[0-9a-f-]{36}$/.test(id));
    },
    authorOf: async (hash, path) => {
      const said = await gitText(gitDir, ["log", "-1", "--format=%an%x00%ae", hash, "--", path]);
      const [name, email] = said.split("\0");
      return name && email ? { name, email } : null;
    },
    blame: async (path) => {
      try {
        const { stdout } = await git(gitDir, ["blame", "--porcelain", ref, "--", path]);
        const blamed = parseBlame(stdout.toString());
        const operations = await operationsOf(gitDir, [...new Set(blamed.map(({ commit }) => commit.hash))]);
        return blamed.map((lines) => ({
          ...lines,
          commit: { ...lines.commit, operationIds: operations.get(lines.commit.hash) ?? [] },
        }));
      } catch (error) {
        if (error instanceof GitError && /no such (path|ref)/.test(error.stderr)) return [];
        throw error;
      }
    },
  };
}

/** The operations that commits carry in their trailers. */
async function operationsOf(gitDir: string, hashes: readonly string[]): Promise<Map<string, string[]>> {
  if (hashes.length === 0) return new Map();
  const args = ["log", "--no-walk", "-z", "--stdin", FORMAT];
  const { stdout } = await git(gitDir, args, { input: `${hashes.join("\n")}\n` });
  const commits = stdout.toString().split(MARK).slice(1).map(parseCommit);
  return new Map(commits.map((commit) => [commit.hash, commit.operationIds]));
}

/** What FORMAT printed, then the name of the file where one was asked for. */
function parseCommit(text: string): KbCommit {
  const [hash = "", subject = "", author = "", seconds = "", operations = "", ...rest] = text.split("\0");
  return {
    hash,
    subject: shown(subject),
    author: shown(author),
    committedAt: new Date(Number(seconds) * 1000),
    path: rest.map((each) => each.replace(/^\n/, "")).find((each) => each !== "") ?? null,
    operationIds: operations.split(",").filter(Boolean),
  };
}

/** `git blame --porcelain`: `<hash> <was> <now> [<count>]`, facts of the commit where it is new, then a tab and the line. */
function parseBlame(porcelain: string): BlamedLines[] {
  const facts = new Map<string, Map<string, string>>();
  const found: BlamedLines[] = [];
  let hash = "";
  let line = 0;
  for (const text of porcelain.split("\n")) {
    const header = /^([0-9a-f]{40}) \d+ (\d+)(?: \d+)?$/.exec(text);
    if (header?.[1] && header[2]) {
      [hash, line] = [header[1], Number(header[2])];
      if (!facts.has(hash)) facts.set(hash, new Map());
    } else if (text.startsWith("\t")) {
      const last = found.at(-1);
      const isNext = last?.commit.hash === hash && last.firstLine + last.lines.length === line;
      if (isNext) last.lines.push(text.slice(1));
      else found.push({ commit: commitOf(hash, facts.get(hash)), firstLine: line, lines: [text.slice(1)] });
    } else if (hash !== "") {
      const [key = "", value = ""] = text.split(/ (.*)/);
      facts.get(hash)?.set(key, value);
    }
  }
  return found;
}

const shown = (text: string) => text.replace(UNSEEN, " ").trim();

function commitOf(hash: string, facts: Map<string, string> | undefined): BlamedLines["commit"] {
  return {
    hash,
    subject: shown(facts?.get("summary") ?? ""),
    author: shown(facts?.get("author") ?? ""),
    committedAt: new Date(Number(facts?.get("committer-time")) * 1000),
    operationIds: [],
  };
}
