import { OPERATION_TRAILER } from "./commit-text.ts";
import { git, GitError, gitText } from "./git.ts";
import type { BlamedLines, KbCommit } from "../kb.ts";

// What was done to the files, asked of git itself: rare questions of people, each a process of its own.

const LOG_LENGTH = 50;
const FIELDS = ["%H", "%s", "%an", "%ct", `%(trailers:key=${OPERATION_TRAILER},valueonly,separator=%x2C)`];
const FORMAT = `--format=%x01${FIELDS.join("%x00")}%x00`;

export type History = {
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
      return stdout.toString().split("\x01").slice(1).map(parseCommit);
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
  const commits = stdout.toString().split("\x01").slice(1).map(parseCommit);
  return new Map(commits.map((commit) => [commit.hash, commit.operationIds]));
}

/** What FORMAT printed, then the name of the file where one was asked for. */
function parseCommit(text: string): KbCommit {
  const [hash = "", subject = "", author = "", seconds = "", operations = "", ...rest] = text.split("\0");
  return {
    hash,
    subject,
    author,
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

function commitOf(hash: string, facts: Map<string, string> | undefined): BlamedLines["commit"] {
  return {
    hash,
    subject: facts?.get("summary") ?? "",
    author: facts?.get("author") ?? "",
    committedAt: new Date(Number(facts?.get("committer-time")) * 1000),
    operationIds: [],
  };
}
