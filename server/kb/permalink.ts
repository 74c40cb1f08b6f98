/** Where a remote's host shows a file as of a commit, by what the host calls that place. */
const PLACES: ReadonlyArray<{ host: RegExp; path: (commit: string, file: string) => string; name: string }> = [
  { host: /(^|\.)github\./, path: (commit, file) => `blob/${commit}/${file}`, name: "GitHub" },
  { host: /(^|\.)gitlab\./, path: (commit, file) => `-/blob/${commit}/${file}`, name: "GitLab" },
  { host: /(^|\.)bitbucket\.org$/, path: (commit, file) => `src/${commit}/${file}`, name: "Bitbucket" },
  { host: /(^|\.)(codeberg|gitea|forgejo)\./, path: (commit, file) => `src/commit/${commit}/${file}`, name: "Forgejo" },
];

/** A link to a note that others can open: `host` says where it leads, in a word. */
export type Permalink = { url: string; host: string };

/**
 * The address of a file on the remote's own pages, or null where the remote has none that we know: then the note's page in Winnow is
 * its permalink.
 * @param remote as people see it: https://…, ssh://…, git@host:path; never with credentials
 */
export function permalink(remote: string | null, commit: string, path: string): Permalink | null {
  const place = remote && readAddress(remote);
  const known = place && PLACES.find(({ host }) => host.test(place.host));
  if (!known) return null;
  const file = path.split("/").map(encodeURIComponent).join("/");
  return { url: `${place.origin}/${place.repository}/${known.path(commit, file)}`, host: known.name };
}

function readAddress(remote: string): { origin: string; host: string; repository: string } | null {
  const [, sshHost, sshPath] = /^(?:[\w.-]+@)?([\w.-]+):(?!\/)(.+)$/.exec(remote) ?? [];
  const url = URL.canParse(remote) && /^(https?|ssh):$/.test(new URL(remote).protocol) ? new URL(remote) : null;
  // GitHub and GitLab take ssh through port 443 under another name; the pages are at the first one.
  const host = (url?.hostname ?? sshHost)?.toLowerCase().replace(/^(alt)?ssh\.(?=github\.|gitlab\.)/, "");
  const repository = (url?.pathname ?? sshPath)?.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  if (!host || !repository) return null;
  const isWeb = url !== null && url.protocol !== "ssh:";
  return { origin: isWeb ? url.origin : `https://${host}`, host, repository };
}
