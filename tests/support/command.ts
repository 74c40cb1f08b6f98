import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = join(ROOT, "node_modules", ".bin");

export type Ended = { code: number; output: string; seconds: number };

/**
 * Runs a tool of this project, or else of the machine, to its end, under the Node that the project brings.
 * @param shown also writes what it prints, as it comes
 */
export function runTool(
  [name, ...args]: [string, ...string[]],
  { shown = false, env = {} }: { shown?: boolean; env?: Record<string, string> } = {},
): Promise<Ended> {
  const startedMs = performance.now();
  const child = spawn(name === "node" ? process.execPath : name, args, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      PATH: `${BIN}${delimiter}${process.env["PATH"] ?? ""}`,
      NEXT_TELEMETRY_DISABLED: "1",
      ...env,
    },
  });
  let output = "";
  const take = (chunk: Buffer) => {
    output += chunk.toString();
    if (shown) process.stdout.write(chunk);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  return new Promise((resolve) => {
    const end = (code: number) => resolve({ code, output, seconds: (performance.now() - startedMs) / 1000 });
    child.once("error", (error) => {
      output += error.message;
      end(1);
    });
    child.once("close", (code) => end(code ?? 1));
  });
}
