import type { Env } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";

import { GitError, type GitOptions } from "../git/git.ts";

/** Where notes are pushed to, and with what right. The token leaves this process only in the environment of one git call. */
export type Remote = {
  /** What git is given. */
  url: string;
  /** The same for people. */
  shown: string;
  /** Config for one call, see GitOptions. */
  config: NonNullable<GitOptions["config"]>;
  /** Takes every secret out of a text that git said. */
  redact: (text: string) => string;
};

/** Reads the remote from the environment; null without one. Whether it can be used is asked later, by `checkRemote`. */
export function readRemote(env: Pick<Env, "KB_GIT_REMOTE" | "KB_GIT_USERNAME" | "KB_GIT_TOKEN">): Remote | null {
  const url = env.KB_GIT_REMOTE;
  if (!url) return null;
  const token = env.KB_GIT_TOKEN;
  // What GitHub takes beside a token; GitLab, Gitea and Forgejo take anything.
  const basic = token && Buffer.from(`${env.KB_GIT_USERNAME ?? "x-access-token"}:${token}`).toString("base64");
  const parsed = httpUrl(url);
  const secrets = [token, token && encodeURIComponent(token), basic, parsed?.password].filter((each) => !!each);
  const redact = (text: string) =>
    secrets
      .reduce<string>((cleaned, secret) => cleaned.replaceAll(secret ?? "", "[secret]"), text)
      .replace(/\/\/[^/@\s]+@/g, "//");
  return {
    url,
    shown: parsed ? redact(`${parsed.origin}${parsed.pathname}`) : redact(url),
    // For this host only, so that a redirect elsewhere does not carry it along.
    config: parsed && basic ? [[`http.${parsed.origin}/.extraHeader`, `Authorization: Basic ${basic}`]] : [],
    redact,
  };
}

/** @throws AppError `invalid_input` for a remote that must not be handed to git */
export function checkRemote({ url, shown }: Remote): void {
  const parsed = httpUrl(url);
  if (parsed && (parsed.username || parsed.password || parsed.search)) {
    throw new AppError(
      "invalid_input",
      `KB_GIT_REMOTE (${shown}) contains a user name, password or token. It would end up in files and logs, so it is not used. Take it out of the address and set KB_GIT_USERNAME and KB_GIT_TOKEN instead.`,
    );
  }
  const isUsable = /^(https?|ssh|file):\/\//.test(url) || (!url.startsWith("-") && !/^[a-z0-9+.-]+::/i.test(url));
  if (!isUsable) {
    throw new AppError(
      "invalid_input",
      "KB_GIT_REMOTE is not an address that notes can be pushed to. Use https://…, ssh://…, git@host:path or a path on this machine.",
    );
  }
}

/** What a failed exchange with a remote means, and what to do. */
export function explain(error: unknown, remote: Remote): string {
  const kept = "The notes are committed here, nothing is lost.";
  if (!(error instanceof GitError)) {
    return error instanceof AppError ? error.message : `The push failed for an unexpected reason. ${kept}`;
  }
  const said = remote.redact(error.stderr);
  if (
    /Authentication failed|could not read (Username|Password)|HTTP 40[13]|error: 40[13]|Permission denied/i.test(said)
  ) {
    return `${remote.shown} refused the user name or token. ${kept} Check KB_GIT_USERNAME and KB_GIT_TOKEN, and that the token may write to this repository.`;
  }
  if (
    /Could not resolve host|Failed to connect|Connection (refused|timed out|reset)|unable to access|early EOF|Operation too slow/i.test(
      said,
    )
  ) {
    return `${remote.shown} does not answer. ${kept} The push is tried again by itself; if this stays, check KB_GIT_REMOTE and the network.`;
  }
  if (/not found|does not exist|does not appear to be a git repository/i.test(said)) {
    return `There is no repository at ${remote.shown}, or it is hidden from this token. ${kept} Create it, or correct KB_GIT_REMOTE.`;
  }
  const lines = said.split("\n").filter((line) => /remote:|rejected|fatal:|error:/.test(line));
  return `${remote.shown} did not take the push. ${kept} It said: ${lines.join(" ").slice(0, 400) || said.slice(0, 400)}`;
}

function httpUrl(url: string): URL | null {
  return /^https?:\/\//i.test(url) && URL.canParse(url) ? new URL(url) : null;
}
