import { z } from "zod";

import { AppError } from "#server/lib/errors.ts";
import type { AgentMessage, ToolCall } from "#server/llm/index.ts";

import type { Meter } from "./limits.ts";
import { type Progress, stepsIn } from "./progress.ts";
import { CARRY_OUT, resultBlock, TASK } from "./prompt.ts";
import { readingTools } from "./reading-tools.ts";
import { argumentsOf, type Bench, defineTool, type Tool } from "./tool.ts";
import { writingTools } from "./writing-tools.ts";

/** More calls of one answer are not made. */
const MOST_CALLS = 16;
const PLAN = "plan";
/** What calls of tools that are not there are counted as: a model may write any name. */
const UNKNOWN = "unknown";

/**
 * Lets the model work with the tools until it says what it did.
 * @returns its last words
 * @throws AppError `invalid_input` where a limit is reached; `cancelled`; whatever `step` throws
 */
export async function carryOut(
  bench: Bench,
  { messages, meter, progress }: { messages: AgentMessage[]; meter: Meter; progress: Progress },
): Promise<string> {
  const { deps, request } = bench.work;
  const tools = toolsFor(progress);
  const specs = [...tools.values()].map((tool) => tool.spec);
  const options = { spaceId: request.spaceId, requestId: request.id, model: bench.chosen, signal: bench.signal };
  const said = [...messages];
  for (let isFirst = true; ; isFirst = false) {
    const characters = TASK.system.length + said.reduce((sum, message) => sum + lengthOf(message), 0);
    meter.check(characters, progress.counts());
    const step = await deps.llm.step({ ...TASK, messages: said, tools: specs }, options);
    bench.model = step.model;
    meter.add(step.usage, characters + lengthOf(step.message));
    said.push(step.message);
    if (step.type === "text") {
      if (!isFirst) return step.text;
      await progress.plan(stepsIn(step.text));
      said.push({ role: "user", content: CARRY_OUT });
      continue;
    }
    if (!progress.hasPlan() && step.message.role === "calls" && step.message.content) {
      await progress.plan(stepsIn(step.message.content));
    }
    for (const [index, call] of step.calls.entries()) {
      const content =
        index < MOST_CALLS
          ? await answer(bench, tools, progress, call)
          : resultBlock(call.name, false, `Only ${MOST_CALLS} calls at once are made. Call it again.`);
      said.push({ role: "tool", callId: call.id, content });
    }
  }
}

/** Makes one call. Whatever is wrong with it is said to the model, which may do better. */
async function answer(
  bench: Bench,
  tools: ReadonlyMap<string, Tool>,
  progress: Progress,
  call: ToolCall,
): Promise<string> {
  bench.signal.throwIfAborted();
  const tool = tools.get(call.name);
  const { about, isOk, text } = await run(bench, tool, call);
  if (call.name !== PLAN) await progress.step({ tool: tool ? call.name : UNKNOWN, about, isOk });
  return resultBlock(call.name, isOk, text);
}

async function run(
  bench: Bench,
  tool: Tool | undefined,
  call: ToolCall,
): Promise<{ about: string; isOk: boolean; text: string }> {
  let about = "";
  try {
    if (!tool) throw new AppError("not_found", "There is no tool of this name. Nothing was done.");
    const args = argumentsOf(call);
    about = tool.about(args);
    return { about, isOk: true, text: await tool.run(bench, args) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "cancelled") throw error;
    return { about, isOk: false, text: error.message };
  }
}

function toolsFor(progress: Progress): Map<string, Tool> {
  const plan = defineTool({
    name: PLAN,
    description: "Says in a few short steps what you are about to do. Call it first, and again when the plan changes.",
    parameters: z.object({ steps: z.array(z.string()) }),
    run: async (_bench, { steps }) => {
      await progress.plan(steps);
      return "Noted. Go on.";
    },
  });
  return new Map([plan, ...readingTools, ...writingTools].map((tool) => [tool.spec.name, tool]));
}

function lengthOf(message: AgentMessage): number {
  const calls = message.role === "calls" ? message.calls : [];
  return (message.content?.length ?? 0) + calls.reduce((sum, call) => sum + call.arguments.length, 0);
}
