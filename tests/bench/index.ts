// npm run bench -- ack|live|kb|lock|chat|search|run|extraction: measures Winnow beside its own floor, prints a table, keeps the rows in bench-results.json.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "#tests/support/command.ts";

import type { BenchRow } from "./rounds.ts";

const RESULTS = join(ROOT, "bench-results.json");

/** Each part measures on its own; loaded only when asked for. */
const PARTS: Record<string, () => Promise<BenchRow[]>> = {
  ack: async () => (await import("./ack.ts")).bench(),
  live: async () => (await import("./live.ts")).bench(),
  kb: async () => (await import("./kb.ts")).bench(),
  lock: async () => (await import("./lock.ts")).bench(),
  chat: async () => (await import("./chat.ts")).bench(),
  search: async () => (await import("./search.ts")).bench(),
  run: async () => (await import("./run.ts")).bench(),
  extraction: async () => (await import("./extraction.ts")).bench(),
};

const wanted = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`There is no part called ${unknown.join(", ")}. Parts: ${Object.keys(PARTS).join(", ")}.`);
  process.exit(1);
}

for (const name of wanted.length > 0 ? wanted : Object.keys(PARTS)) {
  console.log(`\n${name}`);
  const rows = await PARTS[name]!();
  console.table(Object.fromEntries(rows.map((row) => [row.name, { value: row.value, rounds: row.rounds.join("  ") }])));
  for (const row of rows) console.log(`${row.name}: ${JSON.stringify(row.floor)}`);
  keep(rows);
}

/** A figure that was measured before is replaced. */
function keep(rows: BenchRow[]): void {
  const before = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, "utf8")) as BenchRow[]) : [];
  const others = before.filter((old) => !rows.some((row) => row.name === old.name));
  writeFileSync(RESULTS, `${JSON.stringify([...others, ...rows], null, 2)}\n`);
}
