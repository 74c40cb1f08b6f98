import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { type Browser, chromium } from "playwright-core";

import { runTool } from "./command.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
const APT = "apt-get update && apt-get install -y --no-install-recommends chromium";

/** Starts the Chromium that is there. @throws Error when there is none: `npm test` installs one */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath)
    throw new Error("There is no Chromium on this machine. Run `npm test`, which installs one, or set CHROMIUM_PATH.");
  return chromium.launch({ executablePath });
}

/** The Chromium of the browser tests: CHROMIUM_PATH, else the system's, else Playwright's own; null when there is none. */
function findBrowser(): string | null {
  const named = process.env["CHROMIUM_PATH"];
  if (named) return existsSync(named) ? named : null;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = [
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
    MAC_CHROME,
    chromium.executablePath(),
  ];
  return candidates.find((path) => existsSync(path)) ?? null;
}

/**
 * Finds a Chromium or installs one: from the system's packages as root, else Playwright's own download.
 * @param say hears what was done
 * @throws Error when there is none and none could be installed
 */
export async function ensureBrowser(say: (line: string) => void): Promise<string> {
  const found = findBrowser();
  if (found) {
    say(`Browser tests use ${found}.`);
    return found;
  }
  if (process.env["CHROMIUM_PATH"])
    throw new Error(`CHROMIUM_PATH is ${process.env["CHROMIUM_PATH"]}, and nothing is there.`);
  const ways: Array<[string, [string, ...string[]]]> = [
    ["npx playwright-core install chromium", ["playwright-core", "install", "chromium"]],
  ];
  if (process.getuid?.() === 0) ways.unshift([APT, ["sh", "-c", APT]]);
  const failures: string[] = [];
  for (const [name, command] of ways) {
    say(`No Chromium on this machine: ${name} …`);
    const { code, output } = await runTool(command, { env: { DEBIAN_FRONTEND: "noninteractive" } });
    const installed = findBrowser();
    if (code === 0 && installed) {
      say(`Browser tests use ${installed}, just installed.`);
      return installed;
    }
    failures.push(`${name}:\n${output.trim().split("\n").slice(-8).join("\n")}`);
  }
  throw new Error(
    `There is no Chromium, and none could be installed. Set CHROMIUM_PATH to one.\n${failures.join("\n")}`,
  );
}
