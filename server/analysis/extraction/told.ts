import { tagged } from "#server/llm/index.ts";

import type { Given, KnownAtom, KnownTopic } from "../context/given.ts";
import type { Example } from "../learning/examples.ts";
import type { ProjectContext } from "../schema.ts";
import { oneLine } from "./clean.ts";
import type { ExtractInput } from "./prompt.ts";

/** Every tag of the prompt: none can be opened or closed by a text within another. */
export const FENCES = [
  ...["project", "keywords", "glossary", "components", "people", "topics", "facts", "found", "examples"],
  ...["chat", "context", "said", "messages", "message"],
];

/** How much of each part a prompt carries, in UTF-16 units: what is beyond that costs more than it tells. */
const BUDGETS = {
  about: 2_000,
  keywords: 1_000,
  glossary: 3_000,
  components: 2_000,
  people: 3_000,
  topics: 4_000,
  facts: 6_000,
  found: 3_000,
  examples: 4_000,
};

/** Of what is known, as much as a prompt carries. What is left has a label; what is cut off has none, so that no answer can name it. */
export function shownOf(given: Given) {
  return {
    project: given.project,
    topics: within(BUDGETS.topics, given.topics, topicLine),
    atoms: within(BUDGETS.facts, given.atoms, atomLine),
    earlier: within(BUDGETS.found, given.earlier, (title) => title),
    examples: within(BUDGETS.examples, given.examples, exampleLine),
  } satisfies Partial<ExtractInput>;
}

/** What a prompt says before its messages: the project, what is known, what was found, what reviewers taught. One line each. */
export function toldOf({
  project,
  topics = [],
  atoms = [],
  earlier = [],
  examples = [],
  messages,
}: ExtractInput): string[] {
  const text = messages.map((message) => message.text).join("\n");
  return [
    ...(project ? projectBlocks(project, text) : []),
    ...block(
      "topics",
      topics.map((topic, at) => `t${at + 1}: ${topicLine(topic)}`),
    ),
    ...block(
      "facts",
      atoms.map((atom, at) => `a${at + 1}: ${atomLine(atom)}`),
    ),
    ...block(
      "found",
      earlier.map((title, at) => `f${at + 1}: ${oneLine(title, 200)}`),
    ),
    ...block("examples", examples.map(exampleLine)),
  ];
}

/** The words of the team's own that stand in the text first: the others may have to go. */
function projectBlocks({ about, keywords, glossary, components, people }: ProjectContext, text: string): string[] {
  const said = text.toLowerCase();
  const saidFirst = <Thing>(things: Thing[], namesOf: (thing: Thing) => string[]) => {
    const isSaid = (thing: Thing) => namesOf(thing).some((name) => said.includes(name.toLowerCase()));
    return [...things.filter(isSaid), ...things.filter((thing) => !isSaid(thing))];
  };
  const calledLine = ({ name, aliases }: { name: string; aliases: string[] }) => oneLine(name, 120) + also(aliases);
  const calls = ({ name, aliases }: { name: string; aliases: string[] }) => [name, ...aliases];
  return [
    ...block("project", about === "" ? [] : [about.slice(0, BUDGETS.about).toWellFormed()]),
    ...block(
      "keywords",
      lines(
        BUDGETS.keywords,
        saidFirst(keywords, (word) => [word]),
        (word) => oneLine(word, 60),
      ),
    ),
    ...block(
      "glossary",
      lines(
        BUDGETS.glossary,
        saidFirst(glossary, ({ term }) => [term]),
        ({ term, meaning }) => `${oneLine(term, 80)}: ${oneLine(meaning, 400)}`,
      ),
    ),
    ...block("components", lines(BUDGETS.components, saidFirst(components, calls), calledLine)),
    ...block(
      "people",
      lines(BUDGETS.people, saidFirst(people, calls), (person) =>
        person.role === "" ? calledLine(person) : `${calledLine(person)}: ${oneLine(person.role, 200)}`,
      ),
    ),
  ];
}

function topicLine({ name, aliases, description }: KnownTopic): string {
  return [oneLine(name, 80) + also(aliases), oneLine(description, 160)].filter((part) => part !== "").join(" - ");
}

function atomLine({ type, title, description, topic }: KnownAtom): string {
  const subject = topic === null ? "" : `, ${oneLine(topic, 80)}`;
  const more = description === "" || description === title ? "" : ` - ${oneLine(description, 240)}`;
  return `(${oneLine(type, 20)}${subject}) ${oneLine(title, 200)}${more}`;
}

function also(names: string[]): string {
  return names.length === 0 ? "" : ` (also: ${names.map((name) => oneLine(name, 80)).join(", ")})`;
}

/** "“we could” led to “Paint the pier”: rejected, not a task: just talk". */
function exampleLine({ type, quote, title, code, reason, after }: Example): string {
  const said = `“${oneLine(quote, 200)}”`;
  const proposed = `“${oneLine(title, 160)}”`;
  const words = after === null ? "" : `“${oneLine(after.title, 160)}”: ${oneLine(after.body, 200)}`;
  switch (type) {
    case "rejected": {
      const why = [code === null || code === "other" ? "" : code.replaceAll("_", " "), oneLine(reason ?? "", 160)];
      return `${said} led to ${proposed}: rejected, ${why.filter((part) => part !== "").join(": ")}`;
    }
    case "edited":
      return `${said} led to ${proposed}: changed to ${words}`;
    case "missed":
      return `${said} was overlooked: should have led to ${words === "" ? proposed : words}`;
  }
}

function block(tag: string, all: string[]): string[] {
  return all.length === 0 ? [] : [tagged(tag, {}, `\n${all.join("\n")}\n`, FENCES)];
}

function lines<Thing>(budget: number, things: Thing[], lineOf: (thing: Thing) => string): string[] {
  return within(budget, things, lineOf).map(lineOf);
}

/** The first of them whose lines fit. */
function within<Thing>(budget: number, things: Thing[], lineOf: (thing: Thing) => string): Thing[] {
  let left = budget;
  const kept: Thing[] = [];
  for (const thing of things) {
    left -= lineOf(thing).length + 1;
    if (left < 0) break;
    kept.push(thing);
  }
  return kept;
}
