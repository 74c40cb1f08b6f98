import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { openHome } from "./home.ts";

test("a data folder keeps its id and its secret, readable by its owner alone", () => {
  const parent = mkdtempSync(join(tmpdir(), "winnow-home-"));
  try {
    const env = { DATA_DIR: join(parent, "data"), AUTH_SECRET: undefined };
    const first = openHome(env);
    expect(openHome(env)).toEqual(first);
    expect(first.authSecret.length).toBeGreaterThanOrEqual(32);
    expect(statSync(env.DATA_DIR).mode & 0o777).toBe(0o700);
    expect(statSync(join(env.DATA_DIR, "auth-secret")).mode & 0o777).toBe(0o600);
    expect(readdirSync(env.DATA_DIR).toSorted()).toEqual(["auth-secret", "home-id"]);
  } finally {
    rmSync(parent, { recursive: true });
  }
});

test("a given secret is used and not written down", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "winnow-home-"));
  try {
    expect(openHome({ DATA_DIR: dataDir, AUTH_SECRET: "given" }).authSecret).toBe("given");
    expect(readdirSync(dataDir)).toEqual(["home-id"]);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
