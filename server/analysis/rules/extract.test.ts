import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { expect, test } from "vitest";

import { ROOT } from "#tests/support/command.ts";

/** Runs it as `npm run -s extract` does, in an empty environment. */
function extract(args: string[], input: string | Buffer = "") {
  const script = join(ROOT, "server/analysis/rules/extract.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    input,
    env: { NODE_ENV: "test" },
    encoding: "utf8",
  });
  return { status, stderr, lines: stdout.split("\n").slice(0, -1) };
}

const LINE = /^(?:yes|no)\t(?:0\.\d{3}|1\.000)\t[a-z]+$/u;

test("says for each line whether it asks, how surely, and what it does", () => {
  const said = [
    "Could you renew the harbour permit before Friday?",
    "The ferry left at noon.",
    "We decided to ship the importer behind a flag.",
    "I'll write the summary tomorrow",
    "Лена, пришли отчёт завтра",
    "Сайт не работает с утра",
  ];
  const { status, stderr, lines } = extract(["--sentences", "-"], said.join("\n"));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(lines.map((line) => line.replace(/\t[\d.]+\t/u, " "))).toEqual([
    "yes request",
    "no statement",
    "no decision",
    "no commitment",
    "yes request",
    "no problem",
  ]);
});

test("prints one line for each line read, whatever it holds", () => {
  const bytes = Buffer.concat([
    Buffer.from("please call me\r\n\n   \n"),
    Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]),
    Buffer.from(`${"@nora please ".repeat(20_000)}\n\u2028a\u0085b\rc\n"quoted\tYes\n`),
    Buffer.from("no line feed at the end 🙂"),
  ]);
  const { status, lines } = extract(["--sentences", "-"], bytes);
  expect({ status, count: lines.length }).toEqual({ status: 0, count: 8 });
  for (const line of lines) expect(line).toMatch(LINE);
  expect(extract(["--sentences", "-"], "").lines).toEqual([]);
  expect(extract(["--sentences", "-"], "one\n\n").lines).toHaveLength(2);
});

test("says what it needs where it is called wrongly, and prints nothing else", () => {
  const missing = extract(["--sentences", "/no/such/file"]);
  expect(missing).toMatchObject({ status: 1, lines: [] });
  expect(missing.stderr).toContain("/no/such/file cannot be read");
  expect(extract([])).toMatchObject({ status: 1, lines: [] });
  expect(extract(["--sentence", "x"]).stderr).toContain("--sentences FILE");
  expect(extract(["--help"]).lines.join("\n")).toContain("tab separated");
});
