import { expect, test } from "vitest";

import { nextPath } from "./next-path.ts";

test("after sign-in one is led to the page that was asked for", () => {
  expect(nextPath("/s/harbour/review?kind=task#top")).toBe("/s/harbour/review?kind=task#top");
  expect(nextPath("/s/гавань/review")).toBe(encodeURI("/s/гавань/review"));
});

test("an address that anybody may have written leads nowhere else, and not round in circles", () => {
  const wishes = [
    undefined,
    ["/a", "/b"],
    "",
    "s/harbour",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/..//evil.example",
    "javascript:alert(1)",
    "/sign-in?next=/sign-in",
    "/./sign-in",
    "/setup",
    "/api/auth/sign-out",
    "//",
  ];
  for (const wish of wishes) {
    const path = nextPath(wish);
    expect([wish, new URL(path, "https://winnow.example").origin]).toEqual([wish, "https://winnow.example"]);
    expect([wish, path.startsWith("//")]).toEqual([wish, false]);
  }
  for (const wish of ["/sign-in?next=/sign-in", "/./sign-in", "/setup", "/api/auth/sign-out"]) {
    expect(nextPath(wish)).toBe("/");
  }
});
