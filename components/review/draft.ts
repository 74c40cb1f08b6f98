import { z } from "zod";

import { Category, NoteType, Priority } from "#server/proposals/schema.ts";

import type { ProposalItem } from "./proposal.ts";

/** The edit form as text, as it is kept in the browser until it is saved. */
const Draft = z.object({
  title: z.string(),
  body: z.string(),
  noteType: NoteType,
  topic: z.string(),
  tags: z.string(),
  assignee: z.string(),
  due: z.string(),
  priority: Priority.or(z.literal("none")),
  category: Category.or(z.literal("none")),
});
export type Draft = z.infer<typeof Draft>;

export const draftKey = (proposalId: string) => `winnow.draft.${proposalId}`;

export function draftOf({ title, body, details }: ProposalItem): Draft {
  return {
    title,
    body,
    noteType: details.noteType,
    topic: details.topic ?? "",
    tags: details.tags.join(", "),
    assignee: details.assignee?.name ?? "",
    due: details.due ?? "",
    priority: details.priority ?? "none",
    category: details.category ?? "none",
  };
}

/** A draft as it is kept, with the version of the proposal that it started from. */
const KeptDraft = z.object({ version: z.number().int(), draft: Draft });
export type KeptDraft = z.infer<typeof KeptDraft>;

/** What was kept, or null where nothing readable was. */
export function readDraft(stored: string | null): KeptDraft | null {
  if (stored === null) return null;
  try {
    return KeptDraft.safeParse(JSON.parse(stored)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export const isSameDraft = (a: Draft, b: Draft) =>
  (Object.keys(a) as Array<keyof Draft>).every((field) => a[field] === b[field]);

/** The form as the edit command takes it. An owner whose name was left alone stays the contributor it was. */
export function editOf(draft: Draft, { details }: ProposalItem) {
  const name = draft.assignee.trim();
  return {
    title: draft.title.trim(),
    body: draft.body,
    details: {
      noteType: draft.noteType,
      topic: draft.topic.trim() || null,
      tags: draft.tags
        .split(",")
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ""),
      assignee: name === "" ? null : name === details.assignee?.name ? details.assignee : { name, contributorId: null },
      due: draft.due || null,
      priority: draft.priority === "none" ? null : draft.priority,
      category: draft.category === "none" ? null : draft.category,
    },
  };
}
