import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { check } from "./check.ts";
import { ensureBrowser } from "./support/browser.ts";
import { runTool } from "./support/command.ts";

// npm test: everything. A part that fails does not keep the later ones from running, so that one run shows all that is wrong.
// The last line is the sum: each static check counts as one test.

type Count = { passed: number; failed: number };

const total: Count = { passed: 0, failed: 0 };
const add = ({ passed, failed }: Count) => {
  total.passed += passed;
  total.failed += failed;
};
const one = (isGood: boolean): Count => ({ passed: isGood ? 1 : 0, failed: isGood ? 0 : 1 });

await part("types, lint, format", async () => {
  for (const isGood of Object.values(await check())) add(one(isGood));
});
await part("nothing unused", async () => {
  const { code } = await runTool(["knip", "--config", ".knip.json", "--no-progress"], { shown: true });
  add(one(code === 0));
});
await part("build", async () => {
  const { code } = await runTool(["node", "server/start/build.ts"], { shown: true });
  add(one(code === 0));
});
for (const project of ["unit", "flows", "crash"]) await part(project, async () => add(await runProject(project)));
await part("e2e", async () => {
  try {
    await ensureBrowser(console.log);
  } catch (error) {
    console.log(error instanceof Error ? error.message : String(error));
    add(one(false));
    return;
  }
  add(await runProject("e2e"));
});

console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function part(name: string, work: () => Promise<void>): Promise<void> {
  console.log(`\n── ${name}`);
  await work();
}

/** Runs one project of vitest. A run that breaks before or between its tests counts as a failure, and so does one without tests. */
async function runProject(project: string): Promise<Count> {
  const dir = mkdtempSync(join(tmpdir(), "winnow-report-"));
  const report = join(dir, "report.json");
  try {
    const { code } = await runTool(
      [
        "vitest",
        "run",
        "--config",
        "tests/vitest.config.ts",
        "--project",
        project,
        "--reporter",
        "default",
        "--reporter",
        "json",
        `--outputFile.json=${report}`,
      ],
      { shown: true, env: { NODE_OPTIONS: "--disable-warning=ExperimentalWarning" } },
    );
    const { passed, failed } = readReport(report);
    const isBroken = passed + failed === 0 || (code !== 0 && failed === 0);
    return { passed, failed: isBroken ? failed + 1 : failed };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function readReport(file: string): Count {
  try {
    const report: unknown = JSON.parse(readFileSync(file, "utf8"));
    const count = (key: string) => {
      const value: unknown = Object.entries(report ?? {}).find(([name]) => name === key)?.[1];
      return typeof value === "number" ? value : 0;
    };
    return { passed: count("numPassedTests"), failed: count("numFailedTests") };
  } catch (error) {
    console.log(`vitest left no report: ${String(error)}`);
    return { passed: 0, failed: 0 };
  }
}
