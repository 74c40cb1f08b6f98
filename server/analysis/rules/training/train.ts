// npm run train [-- --data FILE]: trains the model that the rules engine judges requests by, and writes it beside this folder.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { packed, type StoredModel } from "../model.ts";
import { readLabelled } from "./corpus.ts";
import { train } from "./validate.ts";

const CORPUS = fileURLToPath(new URL("../../../../tests/bench/extraction-corpus.tsv", import.meta.url));
const MODEL = fileURLToPath(new URL("../requests-model.json", import.meta.url));

const { values } = parseArgs({
  options: { data: { type: "string" }, out: { type: "string" }, help: { type: "boolean" } },
});
if (values.help) {
  console.log(`npm run train [-- --data FILE] [--out FILE]

Trains the model of the rules engine on lines of "Yes|No<TAB>sentence" and writes it. The same lines give the same file, byte for byte.

  --data FILE   what to learn from (${CORPUS})
  --out FILE    where to write the model (${MODEL})`);
} else {
  const data = values.data ?? CORPUS;
  const out = values.out ?? MODEL;
  if (existsSync(data)) writeModel(data, out);
  else {
    console.error(`There is no ${data}, so nothing was trained. Give a file with --data.`);
    process.exitCode = 1;
  }
}

function writeModel(data: string, out: string): void {
  const lines = readLabelled(data);
  const { model, choice } = train(lines);
  const stored: StoredModel = {
    trainedOn: { sentences: lines.length, sha256: createHash("sha256").update(readFileSync(data)).digest("hex") },
    chosen: { strength: choice.strength, threshold: Math.round(choice.threshold * 1_000) / 1_000 },
    ...packed(model),
  };
  const text = `${JSON.stringify(stored, null, 2)}\n`;
  writeFileSync(out, text);
  console.log(`${lines.length} sentences; strength ${choice.strength}, chosen by five-fold cross-validation.`);
  console.log(`${out}: ${Math.round(text.length / 1024)} kB. "npm run bench -- extraction" measures it.`);
}
