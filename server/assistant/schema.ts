import { z } from "zod";

import { AssistantMode } from "#prisma/enums.ts";

export { AssistantMode };

const Uuid = z.uuid();

/** What a button under a post of the assistant does. Kept with its token; nothing of it is ever taken from a chat. */
export const ButtonAction = z.discriminatedUnion("do", [
  z.object({ do: z.literal("request.process"), requestId: Uuid }),
  z.object({ do: z.literal("request.cancel"), requestId: Uuid }),
  z.object({ do: z.literal("request.retry"), requestId: Uuid }),
  z.object({ do: z.literal("note.edit"), requestId: Uuid }),
  z.object({ do: z.literal("note.delete"), requestId: Uuid, isSure: z.boolean() }),
  z.object({ do: z.literal("note.keep"), requestId: Uuid }),
  z.object({ do: z.literal("request.undo"), requestId: Uuid }),
  z.object({ do: z.literal("mode"), mode: z.enum(AssistantMode) }),
  z.object({ do: z.literal("model"), name: z.string(), scope: z.enum(["conversation", "person"]) }),
  /** A place in the settings menu, or a value that is set there. */
  z.object({ do: z.literal("settings.open"), group: z.string().optional(), key: z.string().optional() }),
  z.object({ do: z.literal("settings.set"), key: z.string(), value: z.unknown() }),
  z.object({ do: z.literal("settings.type"), key: z.string() }),
  z.object({ do: z.literal("settings.close") }),
  z.object({ do: z.literal("me"), wish: z.enum(["optOut", "optIn", "delete", "deleteSure", "close"]) }),
  z.object({
    do: z.literal("review"),
    proposalId: Uuid,
    version: z.number().int(),
    decision: z.enum(["approve", "reject", "merge", "undo"]),
    /** What it is merged into. */
    target: z.object({ type: z.enum(["note", "proposal"]), id: Uuid, version: z.number().int().optional() }).optional(),
  }),
  z.object({ do: z.literal("review.next") }),
  z.object({ do: z.literal("object"), proposalId: Uuid }),
]);
export type ButtonAction = z.infer<typeof ButtonAction>;

/** What the next plain message of a person answers. */
export const PendingInput = z.discriminatedUnion("for", [
  z.object({ for: z.literal("setting"), key: z.string(), postId: Uuid }),
  z.object({ for: z.literal("note"), requestId: Uuid, until: z.iso.datetime() }),
  z.object({ for: z.literal("objection"), proposalId: Uuid }),
]);
export type PendingInput = z.infer<typeof PendingInput>;

const NoteRef = z.object({ noteId: Uuid.nullable(), path: z.string(), title: z.string() });
const Files = z.array(
  z.object({
    path: z.string(),
    change: z.enum(["added", "changed", "removed"]),
    added: z.number().int(),
    removed: z.number().int(),
  }),
);

/** What came of a request. */
export const RequestResult = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("note"),
    note: NoteRef,
    commitHash: z.string(),
    related: z.array(NoteRef),
    generatedBy: z.string(),
    fellBack: z.boolean(),
    tookMs: z.number(),
    /** What could not be read of its files and links, a sentence each. */
    problems: z.array(z.string()),
    /** What became of it since. */
    since: z.enum(["deleted", "undone"]).optional(),
  }),
  z.object({
    type: z.literal("proposed"),
    proposalId: Uuid,
    title: z.string(),
    tookMs: z.number(),
    /** Whether a run had read or left out its message without proposing it. */
    isMissed: z.boolean().optional(),
  }),
  z.object({ type: z.literal("duplicate"), of: NoteRef }),
  z.object({
    type: z.literal("answer"),
    text: z.string(),
    /** In the order of their numbers in the text; only what was read. */
    sources: z.array(
      NoteRef.extend({ number: z.number().int(), heading: z.string().nullable(), line: z.number().int() }),
    ),
    confidence: z.enum(["strong", "fair", "weak", "none"]),
    generatedBy: z.string(),
    fellBack: z.boolean(),
    tookMs: z.number(),
  }),
  z.object({
    type: z.literal("task"),
    summary: z.string(),
    files: Files,
    /** Null where nothing was written. */
    commitHash: z.string().nullable(),
    tools: z.record(z.string(), z.number().int()),
    steps: z.number().int(),
    costUsd: z.number().nullable(),
    tokens: z.number().int(),
    generatedBy: z.string(),
    tookMs: z.number(),
    since: z.enum(["undone"]).optional(),
  }),
]);
export type RequestResult = z.infer<typeof RequestResult>;

/** What an agent has done so far, for people to see while it works. */
export const AgentProgress = z.object({
  plan: z.array(z.string()),
  steps: z.array(z.object({ tool: z.string(), about: z.string(), isOk: z.boolean() })),
});
export type AgentProgress = z.infer<typeof AgentProgress>;

/** A message in the chat of the dashboard. Half characters and zeros stand in no text. */
export const SendInput = z.object({
  text: storable(20_000, "A message has at most 20,000 characters."),
  files: z
    .array(
      z.object({
        name: storable(200, "The name of a file has at most 200 characters.").trim().min(1),
        mime: storable(100, "A file's type has at most 100 characters."),
        base64: z
          .string()
          .max(28_000_000, "A file has at most 20 MB.")
          .regex(/^[A-Za-z0-9+/]*={0,2}$/, "A file came broken. Attach it again."),
      }),
    )
    .max(5, "At most five files in one message.")
    .default([]),
  /** What the browser speaks, as an IETF tag. */
  language: z.string().max(35).nullable().default(null),
});
/** A click on a button of the chat. */
export const TapInput = z.object({ token: z.string().min(1).max(64) });

/** Text that can be kept: Postgres holds neither zeros nor half characters. */
function storable(most: number, tooLong: string) {
  return z
    .string()
    .max(most, tooLong)
    .refine((text) => text.isWellFormed() && !text.includes("\0"), "The text holds characters that no text has.");
}
