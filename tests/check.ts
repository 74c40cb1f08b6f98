import { fileURLToPath } from "node:url";

import { runTool } from "./support/command.ts";

// npm run check: types, lint and format, all at once.

const CHECKS: Record<string, [string, ...string[]]> = {
  types: ["tsc", "-p", "."],
  lint: ["oxlint", "--type-aware", "--deny-warnings"],
  format: ["oxfmt", "--check", "."],
};

/** @returns for each check whether it passed; what a failing one printed is shown */
export async function check(): Promise<Record<string, boolean>> {
  // Next's own declarations (CSS imports, routes) are written by Next, and go stale with each new page.
  await runTool(["next", "typegen"]);
  const results = await Promise.all(
    Object.entries(CHECKS).map(async ([name, command]) => {
      const { code, output, seconds } = await runTool(command);
      console.log(`${code === 0 ? "✓" : "✗"} ${name} (${seconds.toFixed(1)} s)${code === 0 ? "" : `\n${output}`}`);
      return [name, code === 0] as const;
    }),
  );
  return Object.fromEntries(results);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const results = await check();
  process.exitCode = Object.values(results).every(Boolean) ? 0 : 1;
}
