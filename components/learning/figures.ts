import { CONFIDENCE_WORDS, counted, KIND_WORDS } from "#components/review/words.ts";
import type { Outputs } from "#components/trpc/client.tsx";
import { REJECT_REASONS } from "#server/proposals/schema.ts";

export type Summary = Outputs["learning"]["summary"];
export type Figures = Summary["all"];
export type Point = Outputs["learning"]["overTime"]["points"][number];
export type Split = "none" | "kind" | "band" | "model" | "prompt";
export type Measure = "precision" | "recall" | "editedShare";

/** What each figure is of, in words. */
export const MEASURE_WORDS = {
  precision: { label: "Of use", what: "Of what was proposed and decided, the share that was approved or merged" },
  recall: { label: "Found by itself", what: "Of all that was of use, the share that nobody had to ask for" },
  editedShare: { label: "Edited", what: "Of what was of use, the share whose words somebody changed first" },
} as const satisfies Record<Measure, { label: string; what: string }>;

export const SPLIT_WORDS = {
  none: "All together",
  kind: "By kind",
  band: "By evidence",
  model: "By model",
  prompt: "By prompt",
} as const satisfies Record<Split, string>;

/** "75 %", or a dash where there is nothing to share. */
export const percent = (share: number | null) => (share === null ? "–" : `${Math.round(share * 100)} %`);

/** "12 of 16" */
export const outOf = (part: number, whole: number) =>
  `${part.toLocaleString("en-GB")} of ${whole.toLocaleString("en-GB")}`;

/** What a figure rests on, in words: "9 of 12 decided". */
export function basisOf(figures: Figures, measure: Measure): string {
  const { decided, useful, edited, missed } = figures;
  switch (measure) {
    case "precision":
      return decided === 0 ? "nothing decided" : `${outOf(useful, decided)} decided`;
    case "recall":
      return useful + missed === 0
        ? "nothing of use"
        : `${outOf(useful, useful + missed)}, ${counted(missed, "missed", "missed")}`;
    case "editedShare":
      return useful === 0 ? "nothing of use" : `${outOf(edited, useful)} of use`;
  }
}

/** The name of a kind, a band, a model or a prompt. */
export function nameOfKey(split: Split, key: string): string {
  switch (split) {
    case "none":
      return "All together";
    case "kind":
      return Object.hasOwn(KIND_WORDS, key) ? KIND_WORDS[key as keyof typeof KIND_WORDS].many : key;
    case "band":
      return Object.hasOwn(CONFIDENCE_WORDS, key) ? CONFIDENCE_WORDS[key as keyof typeof CONFIDENCE_WORDS].label : key;
    case "model":
      return key === "rules" ? "Rules engine, no model" : key === "none" ? "Not known" : key;
    case "prompt":
      return promptName(key);
  }
}

/** "3" is the third version of Winnow's own words, "3.2" the second that the space put in their place. */
export function promptName(key: string): string {
  if (key === "none") return "Not known";
  if (key.startsWith("try")) return "Words that were tried";
  const [version = key, own] = key.replace("rules ", "").split(".");
  return own === undefined ? `Version ${version}` : `Version ${version}, your change ${own}`;
}

/** A reason for a rejection, in words. */
export function reasonName(code: string | null): string {
  return REJECT_REASONS.find((reason) => reason.code === code)?.words ?? "No reason given";
}
