import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { AppError } from "#server/lib/errors.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What the built pages were made of. Kept with them, so that it goes when they go. */
const FINGERPRINT_FILE = join(ROOT, ".next", "winnow-sources");
const SOURCES = [
  "{app,components,public}/**/*",
  "server/**/schema.ts",
  "prisma/schema.prisma",
  "next.config.*",
  "package.json",
  "package-lock.json",
];

/** Whether the pages were built from the sources as they are now. */
export function isBuilt(): boolean {
  try {
    return readFileSync(FINGERPRINT_FILE, "utf8") === fingerprint();
  } catch {
    return false;
  }
}

/**
 * Builds the pages.
 * @throws AppError `unavailable` with what the build said
 */
export async function build(): Promise<void> {
  const sources = fingerprint();
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  const child = spawn(process.execPath, [next, "build"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new AppError("unavailable", `The pages could not be built:\n${output.trim()}`);
  writeFileSync(FINGERPRINT_FILE, sources);
}

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).toSorted()) {
    if (!statSync(join(ROOT, file)).isFile() || file.includes(".test.")) continue;
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

if (import.meta.main) {
  await build().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
