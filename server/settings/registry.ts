import { z } from "zod";

import { hours, modelName, schedule, wholeNumber } from "./values.ts";

/** The parts of the settings page. */
export const SettingGroup = z.enum(["Reading messages", "Models", "Knowledge base", "Assistant", "Telegram"]);
type Group = z.infer<typeof SettingGroup>;

/** What a form can hold. */
export type Scalar = boolean | number | string;

export type SettingDefinition<Value> = {
  schema: z.ZodType<Value>;
  default: Value;
  group: Group;
  label: string;
  /** What changes when it is changed, and the unit. */
  description: string;
  /** What a number counts, as it stands behind it on the page. */
  unit?: string;
};

const define = <Value>(definition: SettingDefinition<Value>) => definition;

/** Every setting that an admin of a space may change. Each has one reader, named by its key's first word. */
export const settingsRegistry = {
  "analysis.parallelBatches": define({
    schema: wholeNumber(1, 16),
    default: 4,
    group: "Reading messages",
    label: "Batches at a time",
    unit: "batches",
    description: "How many batches of a run are with the model at once. Takes effect with the next run.",
  }),
  "analysis.batchMinutes": define({
    schema: wholeNumber(1, 240),
    default: 10,
    group: "Reading messages",
    label: "Minutes per batch",
    unit: "minutes",
    description: "How long the part of a chat is that the model reads at once, in minutes.",
  }),
  "analysis.batchMessages": define({
    schema: wholeNumber(1, 200),
    default: 50,
    group: "Reading messages",
    label: "Messages per batch",
    unit: "messages",
    description: "How many messages the model reads at once, at most.",
  }),
  "analysis.runBudgetCents": define({
    schema: wholeNumber(0, 1_000_000),
    default: 0,
    group: "Reading messages",
    label: "Budget of a run",
    unit: "US cents",
    description:
      "What a run may cost unless it says otherwise, in US cents; 0: no limit. What is left then is not read.",
  }),
  "analysis.auto": define({
    schema: z.boolean({ error: "It is on or off." }),
    default: false,
    group: "Reading messages",
    label: "Read by itself",
    description: "Whether a run starts by itself when a chat has enough that is new and has been quiet for a while.",
  }),
  "analysis.autoMessages": define({
    schema: wholeNumber(1, 10_000),
    default: 20,
    group: "Reading messages",
    label: "Enough that is new",
    unit: "messages",
    description:
      "How many new messages a chat has before it is read by itself; fewer are read when the oldest is a day old.",
  }),
  "analysis.autoQuietMinutes": define({
    schema: wholeNumber(0, 1_440),
    default: 5,
    group: "Reading messages",
    label: "Quiet for",
    unit: "minutes",
    description: "How long nobody has said anything in a chat before it is read by itself, in minutes.",
  }),
  "analysis.autoHours": define({
    schema: hours(),
    default: "0-24",
    group: "Reading messages",
    label: "Hours of reading by itself",
    description: "Between which hours of the space's day, such as 9-18 or 22-6; 0-24: at any time.",
  }),
  "analysis.schedule": define({
    schema: schedule(),
    default: "",
    group: "Reading messages",
    label: "Schedule of runs",
    description:
      "When a run over everything since the last one starts: minute, hour, day of the month, month, day of the week, such as 0 9 * * 1-5, by the space's clock. Empty: never.",
  }),
  "models.monthBudgetCents": define({
    schema: wholeNumber(0, 10_000_000),
    default: 0,
    group: "Models",
    label: "Budget of a month",
    unit: "US cents",
    description:
      "What models may cost in a calendar month, in US cents; then nothing more is asked. Counted where the price of a model is known. 0: no limit.",
  }),
  "knowledge.staleAfterDays": define({
    schema: wholeNumber(0, 3_650),
    default: 180,
    group: "Knowledge base",
    label: "Ask again after",
    unit: "days",
    description:
      "How long an approved fact counts as confirmed, in days. Then it is asked in Review whether it is still true. 0: never, unless the note itself names a day.",
  }),
  "kb.lockTimeoutS": define({
    schema: wholeNumber(1, 3600),
    default: 300,
    group: "Knowledge base",
    label: "Longest wait for the knowledge base",
    unit: "seconds",
    description: "How long a write waits for another one to end before it gives up for now, in seconds.",
  }),
  "kb.pushBatchMs": define({
    schema: wholeNumber(0, 600_000),
    default: 1_000,
    group: "Knowledge base",
    label: "Pause before a push",
    unit: "milliseconds",
    description: "How long commits are gathered before they are pushed together, in milliseconds.",
  }),
  "kb.commitPer": define({
    schema: z.enum(["note", "session"], { error: "It is note or session." }),
    default: "note",
    group: "Knowledge base",
    label: "One commit per",
    description:
      "note: each approval is a commit at once. session: the approvals of one reviewer become one commit when they have paused, or have decided the last of a run.",
  }),
  "kb.sessionPauseS": define({
    schema: wholeNumber(1, 3600),
    default: 60,
    group: "Knowledge base",
    label: "End of a review session",
    unit: "seconds",
    description: "With one commit per session: how long a reviewer decides nothing before it is committed, in seconds.",
  }),
  "kb.handEdits": define({
    schema: z.enum(["commit", "leave"], { error: "It is commit or leave." }),
    default: "commit",
    group: "Knowledge base",
    label: "Files edited in the folder",
    description:
      "commit: what someone changes in the folder by hand becomes a commit in their own name. leave: it is left alone, and listed on the Sync page.",
  }),
  "kb.syncEveryS": define({
    schema: wholeNumber(5, 86_400),
    default: 60,
    group: "Knowledge base",
    label: "Look at the remote every",
    unit: "seconds",
    description: "How often the remote and the folder are looked at when nothing else happens, in seconds.",
  }),
  "messages.groupWindowS": define({
    schema: wholeNumber(0, 300),
    default: 30,
    group: "Assistant",
    label: "Messages that belong together",
    unit: "seconds",
    description:
      "How long after a message of a note another one of the same person still belongs to it, in seconds; five minutes in all at most.",
  }),
  "assistant.notes": define({
    schema: z.enum(["write", "review"], { error: "It is write or review." }),
    default: "write",
    group: "Assistant",
    label: "Notes from the chat",
    description:
      "write: a note is in the knowledge base at once. review: it becomes a proposal that a reviewer decides.",
  }),
  "assistant.model": define({
    schema: modelName(),
    default: "",
    group: "Assistant",
    label: "Model of the assistant",
    description: "Which model answers where a person has chosen none. Empty: LLM_MODEL.",
  }),
  "assistant.embeddingModel": define({
    schema: modelName(),
    default: "text-embedding-3-small",
    group: "Assistant",
    label: "Model for search by meaning",
    description: "Used where the endpoint offers it. Empty: notes are found by their words alone.",
  }),
  "assistant.transcriptionModel": define({
    schema: modelName(),
    default: "whisper-1",
    group: "Assistant",
    label: "Model that listens",
    description: "Writes down voice messages where the endpoint offers it. Empty: they are kept as they are.",
  }),
  "assistant.perPersonPerMinute": define({
    schema: wholeNumber(1, 600),
    default: 10,
    group: "Assistant",
    label: "Requests of one person",
    unit: "a minute",
    description: "How many notes, questions and tasks of one person begin in a minute; more of them wait.",
  }),
  "assistant.perSpacePerMinute": define({
    schema: wholeNumber(1, 6_000),
    default: 60,
    group: "Assistant",
    label: "Requests of everyone",
    unit: "a minute",
    description: "How many notes, questions and tasks of all people together begin in a minute; more of them wait.",
  }),
  "assistant.agentSteps": define({
    schema: wholeNumber(1, 100),
    default: 20,
    group: "Assistant",
    label: "Steps of a task",
    unit: "steps",
    description: "After so many answers of the model a task ends, with nothing written.",
  }),
  "assistant.agentTimeS": define({
    schema: wholeNumber(10, 3600),
    default: 300,
    group: "Assistant",
    label: "Time of a task",
    unit: "seconds",
    description: "After so many seconds a task ends, with nothing written.",
  }),
  "assistant.agentTokens": define({
    schema: wholeNumber(1_000, 10_000_000),
    default: 200_000,
    group: "Assistant",
    label: "Tokens of a task",
    unit: "tokens",
    description: "What a task may use of the model in all, in tokens.",
  }),
  "assistant.agentCostCents": define({
    schema: wholeNumber(1, 100_000),
    default: 50,
    group: "Assistant",
    label: "Cost of a task",
    unit: "US cents",
    description: "What a task may cost, in US cents; counted where the price of the model is known.",
  }),
  "telegram.access": define({
    schema: z.enum(["paired", "everyone"], { error: "It is paired or everyone." }),
    default: "paired",
    group: "Telegram",
    label: "Who is heard",
    description:
      "paired: people and groups that were let in. everyone: whoever finds the bot. Of others nothing is kept.",
  }),
  "telegram.cardsPerRun": define({
    schema: wholeNumber(0, 50),
    default: 10,
    group: "Telegram",
    label: "Proposals as cards",
    unit: "cards",
    description: "How many open proposals a reviewer has as cards in their private chat at once; 0: none.",
  }),
  "telegram.approvedLine": define({
    schema: z.boolean({ error: "It is on or off." }),
    default: true,
    group: "Telegram",
    label: "A line for what is recorded",
    description: "Whether the group that a proposal came from hears, without a sound, that it was approved.",
  }),
} as const satisfies Record<string, SettingDefinition<Scalar>>;

/** What people set for themselves, in the chat. */
export const personalRegistry = {
  language: {
    schema: z.enum(["auto", "en", "ru"], { error: "It is auto, en or ru." }),
    default: "auto",
  },
  model: { schema: modelName(), default: "" },
  /** Whether a reviewer gets new proposals as cards. */
  cards: { schema: z.boolean({ error: "It is on or off." }), default: true },
} as const;

export type PersonalKey = keyof typeof personalRegistry;
export type PersonalValue<Key extends PersonalKey> = z.output<(typeof personalRegistry)[Key]["schema"]>;

export type SettingKey = keyof typeof settingsRegistry;
export type SettingValue<Key extends SettingKey> = z.output<(typeof settingsRegistry)[Key]["schema"]>;
export const SettingKey = z.enum(Object.keys(settingsRegistry) as [SettingKey, ...SettingKey[]]);
