import { z } from "zod";

/** The parts of the settings page. */
type Group = "Reading messages" | "Knowledge base";

type SettingDefinition<Value> = {
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
} as const satisfies Record<string, SettingDefinition<unknown>>;

export type SettingKey = keyof typeof settingsRegistry;
export type SettingValue<Key extends SettingKey> = (typeof settingsRegistry)[Key]["default"];
export const SettingKey = z.enum(Object.keys(settingsRegistry) as [SettingKey, ...SettingKey[]]);

function wholeNumber(min: number, max: number): z.ZodType<number> {
  const error = `It is a whole number from ${min} to ${max}.`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}
