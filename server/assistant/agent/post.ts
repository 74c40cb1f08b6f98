import type { PostInput } from "#server/channels/index.ts";
import { escapeText } from "#server/knowledge/index.ts";

import type { Addresses } from "../addresses.ts";
import type { RequestResult } from "../schema.ts";
import type { wordsFor } from "../speech.ts";
import { button } from "../buttons.ts";
import { withoutLinks } from "../plain-links.ts";
import { countsInWords } from "./counts.ts";

type Words = ReturnType<typeof wordsFor>;
type TaskResult = Extract<RequestResult, { type: "task" }>;

/** More files than this are only counted. */
const FILES_SHOWN = 20;

/** What came of a task: in words, file by file, and how to take it back. */
export function taskPost(
  result: TaskResult,
  { words, at, requestId }: { words: Words; at: Addresses; requestId: string },
): PostInput {
  const files = result.files
    .slice(0, FILES_SHOWN)
    .map(
      ({ path, change, added, removed }) =>
        `- ${words(`agent.change.${change}`)} ${escapeText(path)} +${added} −${removed}`,
    );
  const rest = result.files.length - files.length;
  if (rest > 0) files.push(`- ${words("agent.moreFiles", { count: rest })}`);
  const tools = countsInWords(result.tools);
  const facts = [
    words("core.took", { seconds: result.tookMs / 1000 }),
    tools ? words("agent.tools", { tools: escapeText(tools) }) : "",
    result.steps > 0 ? words("agent.spent", { steps: result.steps, tokens: result.tokens }) : "",
    result.costUsd === null ? "" : words("agent.cost", { cents: result.costUsd * 100 }),
  ];
  const outcome = outcomeOf(result);
  const parts = [
    `**${words(`agent.${outcome}`)}**`,
    // What it did is not so any more, where it was taken back.
    outcome === "undone" ? "" : withoutLinks(result.summary),
    files.length > 0 ? `${words("agent.files")}\n\n${files.join("\n")}` : "",
    outcome === "parked" ? words("agent.parkedWay") : "",
    outcome === "undone" ? "" : facts.filter(Boolean).join(" · "),
  ];
  const canUndo = result.commitHash !== null && !result.since;
  return {
    text: parts.filter(Boolean).join("\n\n"),
    buttons: canUndo
      ? [
          [
            { label: words("agent.button.diff"), url: at.commit(result.commitHash ?? "") },
            button(words("core.button.undo"), { do: "request.undo", requestId }),
          ],
        ]
      : [],
  };
}

/** Files without a commit wait as a conflict. */
function outcomeOf({ since, commitHash, files }: TaskResult): "undone" | "done" | "parked" | "nothing" {
  if (since) return "undone";
  if (commitHash !== null) return "done";
  return files.length > 0 ? "parked" : "nothing";
}
