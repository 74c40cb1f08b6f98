// npm run -s extract -- --sentences FILE: judges each line of a file. Needs no database, no build and no settings.
import { createReadStream } from "node:fs";
import { parseArgs } from "node:util";

import { judge } from "./judge.ts";
import { linesOf } from "./lines.ts";

const HELP = `npm run -s extract -- --sentences FILE

Says for each line of a text whether someone is asked to do something, or an action is proposed, as the rules engine sees it.
FILE is read as UTF-8; "-" reads standard input.

Prints one line for each line read, tab separated:
  yes|no   someone is asked to do something, or an action is proposed
  score    0.000 to 1.000; yes from 0.500 on
  kind     request, idea, commitment, decision, question, problem, blocker, risk, solution, requirement, insight or statement`;

const { values, problem } = flags();
if (values.help) console.log(HELP);
else if (values.sentences === undefined) {
  console.error(`${problem ?? "Nothing to read was named."}\n\n${HELP}`);
  process.exitCode = 1;
} else await judgeLines(values.sentences);

function flags(): { values: { sentences?: string; help?: boolean }; problem: string | null } {
  try {
    return { ...parseArgs({ options: { sentences: { type: "string" }, help: { type: "boolean" } } }), problem: null };
  } catch (error) {
    return { values: {}, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function judgeLines(path: string): Promise<void> {
  const { stdout } = process;
  // Whoever reads only the beginning ("| head") closes the pipe: nothing is left to do then.
  stdout.on("error", () => process.exit(0));
  try {
    for await (const line of linesOf(path === "-" ? process.stdin : createReadStream(path))) {
      const { asks, score, kind } = judge(line);
      // Rounded down, so that 0.4996 is not printed as a yes.
      const shown = (Math.floor(score * 1_000) / 1_000).toFixed(3);
      const isTaken = stdout.write(`${asks ? "yes" : "no"}\t${shown}\t${kind}\n`);
      if (!isTaken) await new Promise((resolve) => stdout.once("drain", resolve));
    }
  } catch (error) {
    console.error(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
