import { escapeText } from "#server/knowledge/index.ts";

import type { AgentProgress } from "../schema.ts";
import { wordsFor } from "../speech.ts";
import { button } from "../buttons.ts";
import type { Work } from "../work.ts";

type Words = ReturnType<typeof wordsFor>;

const [MOST_PLANNED, LONGEST_STEP, LONGEST_ABOUT] = [12, 200, 120];
/** So many of the last steps are shown. */
const STEPS_SHOWN = 10;

/** Shows people what a task does, as it happens, and keeps it with the request. */
export type Progress = {
  hasPlan: () => boolean;
  plan: (steps: readonly string[]) => Promise<void>;
  step: (step: AgentProgress["steps"][number]) => Promise<void>;
  /** How often each tool was used. */
  counts: () => Record<string, number>;
};

export function openProgress({ ctx, request, show }: Work): Progress {
  const words = wordsFor(request.contributor);
  const cancel = button(words("core.button.cancel"), { do: "request.cancel", requestId: request.id });
  const progress: AgentProgress = { plan: [], steps: [] };
  const counts = new Map<string, number>();

  const keep = async () => {
    show({ text: progressText(progress, words), buttons: [[cancel]], isWorking: true });
    await ctx.db.pool.query("update requests set progress = $2 where id = $1 and status = 'working'", [
      request.id,
      JSON.stringify(progress),
    ]);
  };
  return {
    hasPlan: () => progress.plan.length > 0,
    plan: async (steps) => {
      const lines = steps.map((step) => plain(step, LONGEST_STEP)).filter(Boolean);
      progress.plan = lines.slice(0, MOST_PLANNED);
      await keep();
    },
    step: async ({ tool, about, isOk }) => {
      const name = plain(tool, 64);
      progress.steps.push({ tool: name, about: plain(about, LONGEST_ABOUT), isOk });
      counts.set(name, (counts.get(name) ?? 0) + 1);
      await keep();
    },
    counts: () => Object.fromEntries(counts),
  };
}

/** The steps of a plan that was written as text. */
export function stepsIn(text: string): string[] {
  return text.split("\n").map((line) => line.replace(/^[\s#>*+-]*(?:\d+[.)]\s*)?/u, "").trim());
}

function progressText({ plan, steps }: AgentProgress, words: Words): string {
  const planned = plan.map((step, index) => `${index + 1}. ${escapeText(step)}`).join("\n");
  const done = steps
    .slice(-STEPS_SHOWN)
    .map(
      ({ tool, about, isOk }) => `- ${isOk ? "✓" : "✗"} ${escapeText(tool)}${about ? `: ${escapeText(about)}` : ""}`,
    );
  const parts = [
    planned && `**${words("agent.plan")}**\n\n${planned}`,
    done.length > 0 && `**${words("agent.steps", { count: steps.length })}**\n\n${done.join("\n")}`,
    words("core.stage.thinking"),
  ];
  return parts.filter(Boolean).join("\n\n");
}

/** As it may be kept and shown: one line, without what Postgres cannot hold. */
function plain(text: string, most: number): string {
  return text.replaceAll("\0", "").toWellFormed().replaceAll(/\s+/gu, " ").trim().slice(0, most).toWellFormed();
}
