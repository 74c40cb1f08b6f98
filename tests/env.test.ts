import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { envKeys, readEnv } from "#server/lib/env.ts";

const example = readFileSync(new URL("../.env.example", import.meta.url), "utf8");
/** `#KEY=value`, with the lines above it up to the empty one as its description. */
const entries = [...example.matchAll(/^# (.+)\n#([A-Z_]+)=(.*)$/gm)].map(([, description, key, value]) => ({
  description,
  key,
  value,
}));

test(".env.example lists exactly what is read from the environment, in the same words", () => {
  expect(entries.map(({ key, description }) => ({ key, description }))).toEqual(envKeys);
});

test("the values in .env.example are the defaults", () => {
  const asWritten = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  expect(readEnv(asWritten)).toEqual(readEnv({}));
});
