import { AppError } from "#server/lib/errors.ts";

import { GitError } from "../git/git.ts";
import type { Remote } from "./remote.ts";

/** What git says where the remote has commits that are not here. */
export const OUTRUN =
  /\[rejected\]|fetch first|non-fast-forward|cannot lock ref|failed to update ref|incorrect old value/;

/** Why an exchange with the remote failed, by what git, ssh or the server says, most telling first. */
const REASONS: ReadonlyArray<{
  signs: RegExp;
  what: (shown: string) => string;
  todo: string;
  /** Whether what was said is told too, because only it says what is wrong. */
  isQuoted?: boolean;
}> = [
  {
    signs: /REMOTE HOST IDENTIFICATION HAS CHANGED/i,
    what: (shown) => `The host of ${shown} has another key than before, so it was not trusted.`,
    todo: "If that is right, remove its line from known-hosts in DATA_DIR; otherwise ask who runs it.",
  },
  {
    signs: /Host key verification failed/i,
    what: (shown) => `The host of ${shown} is not known to this machine yet, so it was not trusted.`,
    todo: "Connect to it once by ssh as the user that Winnow runs as, or set KB_GIT_SSH_KEY: then it is remembered by itself.",
  },
  {
    signs: /requested URL returned error: 30\d|HTTP 30\d/,
    what: (shown) => `${shown} sends git on to another address, where the token is not taken along.`,
    todo: "Set KB_GIT_REMOTE to the address that it has now.",
  },
  {
    signs: /SSL certificate|certificate verif|server certificate/i,
    what: (shown) => `The certificate of ${shown} is not one that this machine trusts.`,
    todo: "Have whoever runs it renew it, or add their certificate authority to those of this machine.",
  },
  {
    signs: /dubious ownership/i,
    what: (shown) => `${shown} belongs to another user than the one that Winnow runs as, so git does not trust it.`,
    todo: "Make it belong to that user (chown), or reach it by ssh or https.",
  },
  {
    signs: /currently checked out|refusing to update checked out branch/i,
    what: (shown) => `${shown} is a folder in which someone works on this very branch, so git does not push to it.`,
    todo: "Push to a bare repository (git init --bare), or set KB_GIT_BRANCH to a branch that is not open there.",
  },
  {
    signs:
      /Authentication failed|could not read (Username|Password)|HTTP 40[13]|error: 40[13]|Permission denied|insufficient permission|Load key .* (error|invalid)/i,
    what: (shown) => `${shown} refused the user name, token or key.`,
    todo: "Check KB_GIT_USERNAME and KB_GIT_TOKEN (or KB_GIT_SSH_KEY), and that they may write to this repository.",
  },
  {
    signs: /No space left on device|Disk quota exceeded|unable to write (sha1 filename|loose object|file)/i,
    what: (shown) => `There is no room left on the disk: here, or where ${shown} is kept.`,
    todo: "Free some space there; it is tried again by itself.",
  },
  {
    signs: /protected branch|GH006|not allowed to (force )?push|branch is protected/i,
    what: (shown) => `${shown} protects this branch, so nobody may push to it directly.`,
    todo: "Allow this account to push to it there, or set KB_GIT_BRANCH to a branch that is not protected.",
  },
  {
    signs: /hook declined|hook refused|pre-receive hook|update hook|rule violations/i,
    what: (shown) => `A rule (hook) of ${shown} refused the push.`,
    todo: "What it said stands below; ask whoever runs that server. It is tried again by itself.",
    isQuoted: true,
  },
  {
    signs: /Unable to create '[^']+\.lock': File exists/,
    what: (shown) => `A lock stands in the way at ${shown}: git is at work there, or died at it.`,
    todo: "It is tried again by itself; if this stays, remove the lock that it names.",
    isQuoted: true,
  },
  {
    signs: OUTRUN,
    what: (shown) => `Others pushed to ${shown} at the same time, again and again.`,
    todo: "It is tried again by itself.",
  },
  {
    signs:
      /Could not resolve host|Failed to connect|Connection (refused|timed out|reset|closed)|unable to access|early EOF|Operation too slow|hung up unexpectedly|Network is unreachable|No route to host|HTTP 5\d\d|error: 5\d\d|kex_exchange/i,
    what: (shown) => `${shown} does not answer.`,
    todo: "It is tried again by itself; if this stays, check KB_GIT_REMOTE and the network.",
  },
  {
    signs: /not found|does not exist|does not appear to be a git repository|Could not read from remote repository/i,
    what: (shown) => `There is no repository at ${shown}, or it is hidden from this account.`,
    todo: "Create it, or correct KB_GIT_REMOTE.",
  },
];

/** What a failed exchange with a remote means, and what to do. Every secret is taken out of what the server said. */
export function explain(
  error: unknown,
  remote: Pick<Remote, "shown" | "redact">,
  doing: "push" | "sync" = "push",
): string {
  const kept =
    doing === "push" ? "The notes are committed here, nothing is lost." : "Notes go on being committed here.";
  if (!(error instanceof GitError)) {
    if (error instanceof AppError) return error.message;
    return `The ${doing} failed for an unexpected reason; the log has the details. ${kept}`;
  }
  const said = remote.redact(error.stderr);
  const reason = REASONS.find(({ signs }) => signs.test(said));
  const lines = said.split("\n").filter((line) => /remote:|rejected|fatal:|error:/.test(line));
  const quoted = (lines.join(" ") || said).replace(/\s+/g, " ").trim().slice(0, 400);
  if (!reason) return `${remote.shown} did not take the ${doing}. ${kept} It said: ${quoted}`;
  const told = reason.isQuoted ? ` It said: ${quoted}` : "";
  return `${reason.what(remote.shown)} ${kept} ${reason.todo}${told}`;
}
