import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { commitChanges, noteBlame, noteHistory, noteSource } from "./history.ts";
import { noteById, noteTree, searchNotes } from "./queries.ts";
import { createNote, deleteNote, editNote, moveNote } from "./request.ts";
import { CommitHash, CreateNoteInput, DeleteNoteInput, EditNoteInput, MoveNoteInput } from "./schema.ts";

const NoteId = z.object({ noteId: z.uuid() });

export const knowledgeRouter = router({
  tree: spaceProcedure("viewer").query(({ ctx, input }) => noteTree(ctx, input)),
  note: spaceProcedure("viewer")
    .input(NoteId)
    .query(({ ctx, input }) => noteById(ctx, input)),
  search: spaceProcedure("viewer")
    .input(z.object({ query: z.string().max(1_000) }))
    .query(({ ctx, input }) => searchNotes(ctx, input)),
  history: spaceProcedure("viewer")
    .input(NoteId)
    .query(({ ctx, input }) => noteHistory({ kbs: ctx.kbs }, ctx, input)),
  commit: spaceProcedure("viewer")
    .input(z.object({ commitHash: CommitHash }))
    .query(({ ctx, input }) => commitChanges({ kbs: ctx.kbs }, input)),
  blame: spaceProcedure("viewer")
    .input(NoteId)
    .query(({ ctx, input }) => noteBlame({ kbs: ctx.kbs }, ctx, input)),
  source: spaceProcedure("viewer")
    .input(NoteId)
    .query(({ ctx, input }) => noteSource({ kbs: ctx.kbs }, ctx, input)),
  create: spaceProcedure("reviewer")
    .input(CreateNoteInput)
    .mutation(({ ctx, input }) => createNote(ctx, input)),
  edit: spaceProcedure("reviewer")
    .input(EditNoteInput)
    .mutation(({ ctx, input }) => editNote(ctx, input)),
  move: spaceProcedure("reviewer")
    .input(MoveNoteInput)
    .mutation(({ ctx, input }) => moveNote(ctx, input)),
  delete: spaceProcedure("reviewer")
    .input(DeleteNoteInput)
    .mutation(({ ctx, input }) => deleteNote(ctx, input)),
});
