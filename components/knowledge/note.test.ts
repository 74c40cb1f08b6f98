import { expect, test } from "vitest";

import { noteLinks, type Tree } from "./note.ts";

const tree = {
  folders: [{ path: "topics/käyttö", notes: [{ id: "n1", path: "topics/käyttö/2026-11-21-pump.md" }] }],
} as unknown as Tree;
const linkTo = noteLinks(tree, (id) => `/s/harbour/knowledge/${id}`);

test("a link to a note of the tree leads to its page, encoded or not", () => {
  expect(linkTo("/topics/käyttö/2026-11-21-pump.md")).toBe("/s/harbour/knowledge/n1");
  expect(linkTo("/topics/k%C3%A4ytt%C3%B6/2026-11-21-pump.md#why")).toBe("/s/harbour/knowledge/n1");
});

test("a link to nowhere leads nowhere", () => {
  expect(linkTo("/topics/other/index.md")).toBeNull();
  expect(linkTo("/%E0%A4%A")).toBeNull();
  expect(noteLinks(undefined, () => "x")("/a.md")).toBeNull();
});
