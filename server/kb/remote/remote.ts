import { join, resolve } from "node:path";

import type { Env } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";

import { git, type GitOptions, SSH } from "../git/git.ts";
import type { Repository } from "../git/repository.ts";

/** Where notes are pushed to, and with what right. The token leaves this process only in the environment of one git call. */
export type Remote = {
  /** What git is given. */
  url: string;
  /** The same for people. */
  shown: string;
  /** Config for one call, see GitOptions. */
  config: NonNullable<GitOptions["config"]>;
  /** The private key for ssh, where one is named, and the file that remembers the hosts' own keys. */
  ssh: { keyFile: string; knownHostsFile: string } | null;
  /** Takes every secret out of a text that git said. */
  redact: (text: string) => string;
};

/** Reads the remote from the environment; null without one. Whether it can be used is asked later, by `checkRemote`. */
export function readRemote(
  env: Pick<Env, "DATA_DIR" | "KB_GIT_REMOTE" | "KB_GIT_USERNAME" | "KB_GIT_TOKEN" | "KB_GIT_SSH_KEY">,
): Remote | null {
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
    config:
      parsed && basic
        ? [
            [`http.${parsed.origin}/.extraHeader`, `Authorization: Basic ${basic}`],
            // git would take the header along to wherever it is sent.
            ["http.followRedirects", "false"],
          ]
        : [],
    ssh: env.KB_GIT_SSH_KEY
      ? { keyFile: resolve(env.KB_GIT_SSH_KEY), knownHostsFile: join(env.DATA_DIR, "known-hosts") }
      : null,
    redact,
  };
}

/** The environment in which git finds its ssh key. A host that is met for the first time is remembered, a changed one refused. */
export function sshConfig({ ssh }: Pick<Remote, "ssh">): Record<string, string> {
  if (!ssh) return {};
  const options = [
    ["-i", ssh.keyFile],
    ["-o", "IdentitiesOnly=yes"],
    ["-o", "StrictHostKeyChecking=accept-new"],
    ["-o", `UserKnownHostsFile=${ssh.knownHostsFile}`],
  ];
  return { GIT_SSH_COMMAND: `${SSH} ${options.flat().map(quoteForShell).join(" ")}` };
}

const quoteForShell = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** @throws AppError `invalid_input` for a remote that must not be handed to git */
export function checkRemote({ url, shown }: Remote): void {
  const parsed = httpUrl(url);
  if (parsed && (parsed.username || parsed.password || parsed.search)) {
    throw new AppError(
      "invalid_input",
      `KB_GIT_REMOTE (${shown}) contains a user name, password or token. It would end up in files and logs, so it is not used. Take it out of the address and set KB_GIT_USERNAME and KB_GIT_TOKEN instead.`,
    );
  }
  if (URL.canParse(url) && new URL(url).password) {
    throw new AppError(
      "invalid_input",
      `KB_GIT_REMOTE (${shown}) contains a password. It would end up in files and logs, so it is not used. Take it out of the address and set KB_GIT_SSH_KEY to the file of a key instead.`,
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

/**
 * Looks at the remotes that people have set in the folder's own git config. Winnow does not use them, but it does not work beside
 * a token that lies there for everyone to read.
 * @throws AppError `invalid_input` naming the remote and how to take the secret out of it
 */
export async function checkOwnConfig({ gitDir, folder }: Pick<Repository, "gitDir" | "folder">): Promise<void> {
  const { stdout } = await git(gitDir, ["config", "--local", "-z", "--get-regexp", "^remote\\..*url$"], {
    okCodes: [0, 1],
  });
  for (const line of stdout.toString().split("\0").filter(Boolean)) {
    const [key = "", url = ""] = line.split(/\n(.*)/s);
    const parsed = httpUrl(url);
    if (!parsed?.password && !(parsed?.username && parsed.username !== "git")) continue;
    const name = key.replace(/^remote\./, "").replace(/\.(push)?url$/, "");
    throw new AppError(
      "invalid_input",
      `The remote “${name}” in ${folder}/.git/config has a user name, password or token in its address, where everyone who may read the folder finds it. Nothing is exchanged with the remote until it is gone: \`git remote set-url ${name} ${parsed.origin}${parsed.pathname}\` takes it out. Winnow itself takes KB_GIT_USERNAME and KB_GIT_TOKEN.`,
    );
  }
}

function httpUrl(url: string): URL | null {
  return /^https?:\/\//i.test(url) && URL.canParse(url) ? new URL(url) : null;
}
