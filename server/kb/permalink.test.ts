// Where a note can be seen on the remote's own pages, whatever form its address has.
import { expect, test } from "vitest";

import { permalink } from "./permalink.ts";

const COMMIT = "0123456789012345678901234567890123456789";
const PATH = "topics/harbour/2026-01-05-fence.md";

const places: Array<[remote: string, host: string, url: string]> = [
  ["https://github.com/team/notes.git", "GitHub", `https://github.com/team/notes/blob/${COMMIT}/${PATH}`],
  ["https://github.com/team/notes", "GitHub", `https://github.com/team/notes/blob/${COMMIT}/${PATH}`],
  ["https://github.com/team/notes/", "GitHub", `https://github.com/team/notes/blob/${COMMIT}/${PATH}`],
  ["git@github.com:team/notes.git", "GitHub", `https://github.com/team/notes/blob/${COMMIT}/${PATH}`],
  ["ssh://git@github.com/team/notes.git", "GitHub", `https://github.com/team/notes/blob/${COMMIT}/${PATH}`],
  ["ssh://github.com/team/notes.git", "GitHub", `https://github.com/team/notes/blob/${COMMIT}/${PATH}`],
  ["https://github.example.org/t/n.git", "GitHub", `https://github.example.org/t/n/blob/${COMMIT}/${PATH}`],
  ["https://gitlab.com/group/sub/notes.git", "GitLab", `https://gitlab.com/group/sub/notes/-/blob/${COMMIT}/${PATH}`],
  ["https://gitlab.example.org/t/n.git", "GitLab", `https://gitlab.example.org/t/n/-/blob/${COMMIT}/${PATH}`],
  [
    "git@gitlab.example.org:group/sub/n.git",
    "GitLab",
    `https://gitlab.example.org/group/sub/n/-/blob/${COMMIT}/${PATH}`,
  ],
  ["https://gitlab.example.org:8443/t/n.git", "GitLab", `https://gitlab.example.org:8443/t/n/-/blob/${COMMIT}/${PATH}`],
  ["http://gitlab.example.org/t/n.git", "GitLab", `http://gitlab.example.org/t/n/-/blob/${COMMIT}/${PATH}`],
  ["ssh://git@ssh.github.com:443/team/notes.git", "GitHub", `https://github.com/team/notes/blob/${COMMIT}/${PATH}`],
  // The port of ssh is not that of the pages.
  ["ssh://git@GitLab.example.org:2222/t/n.git", "GitLab", `https://gitlab.example.org/t/n/-/blob/${COMMIT}/${PATH}`],
  ["https://bitbucket.org/team/notes.git", "Bitbucket", `https://bitbucket.org/team/notes/src/${COMMIT}/${PATH}`],
  ["git@bitbucket.org:team/notes.git", "Bitbucket", `https://bitbucket.org/team/notes/src/${COMMIT}/${PATH}`],
  ["https://codeberg.org/team/notes.git", "Forgejo", `https://codeberg.org/team/notes/src/commit/${COMMIT}/${PATH}`],
  ["git@codeberg.org:team/notes.git", "Forgejo", `https://codeberg.org/team/notes/src/commit/${COMMIT}/${PATH}`],
  ["https://gitea.example.org/t/n.git", "Forgejo", `https://gitea.example.org/t/n/src/commit/${COMMIT}/${PATH}`],
];

for (const [remote, host, url] of places) {
  test(`${remote} shows a note at ${host}`, () => {
    expect(permalink(remote, COMMIT, PATH)).toEqual({ url, host });
  });
}

test("a remote without pages that we know has no link: a path, another host, none at all", () => {
  const without = [
    ...[null, "", "/srv/git/github.com/notes.git", "../notes.git", "file:///srv/gitlab.com/notes.git"],
    ...["https://git.example.org/t/n.git", "git@git.example.org:t/n.git", "https://notgithub.com.example.org/t/n.git"],
    ...["https://mybitbucket.org/t/n.git", "https://github.com/", "C:\\notes", "git://github.com/t/n.git"],
  ];
  for (const remote of without) expect(permalink(remote, COMMIT, PATH), String(remote)).toBeNull();
});

test("no character of a file's name leads anywhere else", () => {
  const names = [
    "a b.md",
    "100 %.md",
    "what?.md",
    "#1.md",
    "näher – dran.md",
    "..%2f..%2fx.md",
    "a&b=c+d.md",
    "it's (new)!.md",
  ];
  for (const name of names) {
    const path = `topics/ä & b/${name}`;
    const found = permalink("https://github.com/team/notes.git", COMMIT, path);
    const url = new URL(found?.url ?? "");
    expect([url.host, url.search, url.hash], name).toEqual(["github.com", "", ""]);
    expect(decodeURIComponent(url.pathname), name).toBe(`/team/notes/blob/${COMMIT}/${path}`);
    expect(url.pathname.split("/"), name).toHaveLength(8);
  }
});
