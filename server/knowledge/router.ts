import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { embedderOf } from "./embedder.ts";
import { commitChanges, noteBlame, noteHistory, noteSource } from "./history.ts";
import { noteById, noteTree } from "./queries.ts";
import { createNote, deleteNote, editNote, editTopic, mergeTopics, moveNote } from "./request.ts";
import {
  CommitHash,
  CreateNoteInput,
  DeleteNoteInput,
  EditNoteInput,
  EditTopicInput,
  MergeTopicsInput,
  MoveNoteInput,
  SearchInput,
} from "./schema.ts";
import { searchNotes } from "./search/search-notes.ts";
import { listTopics } from "./topics/list.ts";
import { topicById } from "./topics/topic.ts";

const NoteId = z.object({ noteId: z.uuid() });
const TopicId = z.object({ topicId: z.uuid() });

export const knowledgeRouter = router({
  tree: spaceProcedure("viewer").query(({ ctx, input }) => noteTree(ctx, input)),
  note: spaceProcedure("viewer")
    .input(NoteId)
    .query(({ ctx, input }) => noteById(ctx, input)),
  search: spaceProcedure("viewer")
    .input(SearchInput)
    .query(async ({ ctx, input }) =>
      searchNotes({ embedder: await embedderOf({ llm: ctx.llm }, ctx, input) }, ctx, input),
    ),
  topics: spaceProcedure("viewer").query(({ ctx, input }) => listTopics(ctx, input)),
  topic: spaceProcedure("viewer")
    .input(TopicId)
    .query(({ ctx, input }) => topicById(ctx, input)),
  editTopic: spaceProcedure("reviewer")
    .input(EditTopicInput)
    .mutation(({ ctx, input }) => editTopic(ctx, input)),
  mergeTopics: spaceProcedure("reviewer")
    .input(MergeTopicsInput)
    .mutation(({ ctx, input }) => mergeTopics(ctx, input)),
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
