import { z } from "zod";

/** The parts of the settings page. */
type Group = "Reading messages" | "Knowledge base";

export type SettingDefinition<Value> = {
  schema: z.ZodType<Value>;
  default: Value;
  group: Group;
  label: string;
  /** What changes when it is changed, and the unit. */
  description: string;
};

const define = <Value>(definition: SettingDefinition<Value>) => definition;

/** Every setting that an admin of a space may change. Each has one reader, named by its key's first word. */
export const settingsRegistry = {
  "analysis.parallelBatches": define({
    schema: wholeNumber(1, 16),
    default: 4,
    group: "Reading messages",
    label: "Batches at a time",
    description: "How many batches of a run are with the model at once. Takes effect with the next run.",
  }),
  "analysis.batchMinutes": define({
    schema: wholeNumber(1, 240),
    default: 10,
    group: "Reading messages",
    label: "Minutes per batch",
    description: "How long the part of a chat is that the model reads at once, in minutes.",
  }),
  "analysis.batchMessages": define({
    schema: wholeNumber(1, 200),
    default: 50,
    group: "Reading messages",
    label: "Messages per batch",
    description: "How many messages the model reads at once, at most.",
  }),
  "kb.lockTimeoutS": define({
    schema: wholeNumber(1, 3600),
    default: 300,
    group: "Knowledge base",
    label: "Longest wait for the knowledge base",
    description: "How long a write waits for another one to end before it gives up for now, in seconds.",
  }),
  "kb.pushBatchMs": define({
    schema: wholeNumber(0, 600_000),
    default: 1_000,
    group: "Knowledge base",
    label: "Pause before a push",
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
    description: "How often the remote and the folder are looked at when nothing else happens, in seconds.",
  }),
} as const satisfies Record<string, SettingDefinition<unknown>>;

export type SettingKey = keyof typeof settingsRegistry;
export type SettingValue<Key extends SettingKey> = z.output<(typeof settingsRegistry)[Key]["schema"]>;
export const SettingKey = z.enum(Object.keys(settingsRegistry) as [SettingKey, ...SettingKey[]]);

function wholeNumber(min: number, max: number): z.ZodType<number> {
  const error = `It is a whole number from ${min} to ${max}.`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}
