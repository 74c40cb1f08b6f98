import { z } from "zod";

/**
 * What an operation does:
 * - `create`, `edit`, `move`, `delete`: notes, as a person or a decision asked for it
 * - `merge`: a proposal's text into a note that stands already
 * - `revert`: takes an earlier commit back
 * - `resolve`: what a person made of a conflict
 * - `sync`: takes in what others brought to the remote
 * - `hand`: commits what someone changed in the folder, in their own name
 * - `start`: makes the repository, from the remote where that has one
 */
export const OperationKind = z.enum([
  "create",
  "edit",
  "move",
  "delete",
  "merge",
  "revert",
  "resolve",
  "sync",
  "hand",
  "start",
]);
export type OperationKind = z.infer<typeof OperationKind>;

/** Where two versions met: an operation that came too late, the remote's history, or a file edited by hand. */
export const ConflictSource = z.enum(["operation", "remote", "hand"]);
export type ConflictSource = z.infer<typeof ConflictSource>;

/** What becomes of a file in conflict: our version, theirs, both (ours as a file of its own beside theirs), or a text that a person made of them. */
export const ConflictChoice = z.enum(["ours", "theirs", "both", "edited"]);
export type ConflictChoice = z.infer<typeof ConflictChoice>;

/** How far long work on a repository is. `percent` is null where git does not say. */
export const KbProgress = z.object({
  stage: z.enum(["connecting", "receiving", "resolving", "writing files", "reading notes"]),
  percent: z.number().int().min(0).max(100).nullable(),
  at: z.iso.datetime(),
});
export type KbProgress = z.infer<typeof KbProgress>;

/**
 * Something in the knowledge base that Winnow leaves alone, and why:
 * - `case-clash`: two names that are one on Windows and macOS
 * - `not-utf8`: a name that is not UTF-8
 * - `unusable-name`: a name that leads out of the folder or into git's own
 * - `lfs-pointer`: the place of a file that Git LFS keeps elsewhere
 * - `submodule`: another repository
 * - `too-large`: a Markdown file over 1 MiB, or one that is not text
 */
export const KbProblem = z.object({
  kind: z.enum(["case-clash", "not-utf8", "unusable-name", "lfs-pointer", "submodule", "too-large"]),
  path: z.string(),
});
export type KbProblem = z.infer<typeof KbProblem>;

/** What a person decides about a conflict: a choice for each of its files, with the text where they wrote one. */
export const ResolveInput = z.object({
  conflictId: z.uuid(),
  files: z
    .array(
      z.object({
        path: z.string().max(5_000),
        choice: ConflictChoice,
        /** With `edited`: the whole file. */
        text: z
          .string()
          .max(1_048_576)
          .refine((text) => text.isWellFormed() && !text.includes("\0"), {
            error: "The text holds characters that no text has. Take them out.",
          })
          .optional(),
      }),
    )
    .min(1)
    .max(500),
});

/** A file over this size, or one that is not text, is kept and listed as media; it is no note. */
export const MAX_NOTE_BYTES = 1024 * 1024;
