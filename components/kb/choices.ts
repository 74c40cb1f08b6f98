import { z } from "zod";

import { ConflictChoice } from "#server/kb/schema.ts";

import type { ConflictedFile } from "./kb.ts";

/** What a person has in mind for a file. The text that they wrote stays, also while another choice is marked. */
const FileChoice = z.object({ choice: ConflictChoice.nullable(), text: z.string().nullable() });
export type FileChoice = z.infer<typeof FileChoice>;

/** By path; kept in the browser until it is decided. */
const Choices = z.record(z.string(), FileChoice);
export type Choices = z.infer<typeof Choices>;

export const choicesKey = (conflictId: string) => `winnow.conflict.${conflictId}`;

/** What was kept, or nothing where nothing readable was. */
export function readChoices(stored: string | null): Choices {
  if (stored === null) return {};
  try {
    return Choices.safeParse(JSON.parse(stored)).data ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** Why a choice makes no sense for a file; undefined where it does. */
export function whyNot(choice: ConflictChoice, file: ConflictedFile): string | undefined {
  if (choice === "both" && (file.ours === null || file.theirs === null))
    return "One of the two has no file here, so there is only one version to keep.";
  if (choice === "edited" && !file.isText)
    return "This is no text that could be edited here. Keep one of the two, or both.";
  return undefined;
}

/** What the text of a person's own starts from: theirs, for that is what stands there. */
export const firstText = (file: ConflictedFile) => file.theirs ?? file.ours ?? "";

/** The files that have no choice yet, in order. */
export const undecided = (files: readonly ConflictedFile[], choices: Choices) =>
  files.filter((file) => !choices[file.path]?.choice);

/** The choices as the server takes them. Nothing while one is missing. */
export function resolutionOf(files: readonly ConflictedFile[], choices: Choices) {
  if (undecided(files, choices).length > 0) return null;
  return files.flatMap((file) => {
    const { choice = null, text = null } = choices[file.path] ?? {};
    if (choice === null) return [];
    return [{ path: file.path, choice, ...(choice === "edited" ? { text: text ?? firstText(file) } : {}) }];
  });
}
