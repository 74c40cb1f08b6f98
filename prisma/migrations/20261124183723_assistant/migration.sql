-- CreateEnum
CREATE TYPE "AttachmentStatus" AS ENUM ('waiting', 'fetched', 'too_large', 'failed');

-- CreateEnum
CREATE TYPE "PairingSubject" AS ENUM ('person', 'chat');

-- CreateEnum
CREATE TYPE "PairingStatus" AS ENUM ('asked', 'approved', 'refused');

-- CreateEnum
CREATE TYPE "AssistantMode" AS ENUM ('note', 'ask', 'agent');

-- CreateEnum
CREATE TYPE "TurnRole" AS ENUM ('user', 'assistant');

-- CreateEnum
CREATE TYPE "RequestStatus" AS ENUM ('gathering', 'waiting', 'working', 'done', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "GapStatus" AS ENUM ('open', 'answered', 'dismissed');

-- AlterTable
ALTER TABLE "chats" ADD COLUMN     "unreachable" TEXT;

-- AlterTable
ALTER TABLE "contributors" ADD COLUMN     "language" TEXT,
ADD COLUMN     "opted_out_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "messages" ADD COLUMN     "request_id" UUID;

-- AlterTable
ALTER TABLE "proposals" ALTER COLUMN "run_id" DROP NOT NULL,
ALTER COLUMN "batch_id" DROP NOT NULL;

-- AlterTable
ALTER TABLE "llm_calls" ADD COLUMN     "request_id" UUID;

-- AlterTable
ALTER TABLE "notes" ADD COLUMN     "chunked_commit" TEXT;

-- CreateTable
CREATE TABLE "attachments" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "name" TEXT,
    "mime" TEXT,
    "size" BIGINT,
    "status" "AttachmentStatus" NOT NULL DEFAULT 'waiting',
    "sha256" TEXT,
    "content" BYTEA,
    "path" TEXT,
    "text" TEXT,
    "problem" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "attachments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pairings" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "channel" "Channel" NOT NULL,
    "subject" "PairingSubject" NOT NULL,
    "external_id" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "status" "PairingStatus" NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" JSONB,

    CONSTRAINT "pairings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "link_tokens" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "subject" "PairingSubject" NOT NULL,
    "user_id" UUID,
    "created_by" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "link_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "conversations" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "chat_id" UUID NOT NULL,
    "contributor_id" UUID NOT NULL,
    "mode" "AssistantMode" NOT NULL DEFAULT 'note',
    "model" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "pending_input" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "conversations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "turns" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "role" "TurnRole" NOT NULL,
    "text" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "turns_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bursts" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "chat_id" UUID NOT NULL,
    "contributor_id" UUID NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "bursts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "requests" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "chat_id" UUID NOT NULL,
    "contributor_id" UUID NOT NULL,
    "burst_id" UUID,
    "mode" "AssistantMode" NOT NULL,
    "status" "RequestStatus" NOT NULL,
    "prompt" TEXT NOT NULL DEFAULT '',
    "model" TEXT,
    "language" TEXT NOT NULL DEFAULT 'en',
    "content_hash" TEXT,
    "progress" JSONB,
    "result" JSONB,
    "failure" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3),
    "lease_owner" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "cancel_asked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "posts" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "chat_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "external_id" TEXT,
    "more_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "reply_to_external_id" TEXT,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "edited_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "posts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "buttons" (
    "token" TEXT NOT NULL,
    "space_id" UUID NOT NULL,
    "post_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "action" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "buttons_pkey" PRIMARY KEY ("token")
);

-- CreateTable
CREATE TABLE "memories" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "contributor_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "memories_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gaps" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "question" TEXT NOT NULL,
    "nearest" UUID[],
    "status" "GapStatus" NOT NULL DEFAULT 'open',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    "settled_by" JSONB,

    CONSTRAINT "gaps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "note_chunks" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "note_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "headings" TEXT[],
    "line" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "model" TEXT,
    "embedding" BYTEA,

    CONSTRAINT "note_chunks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "log_readers" (
    "space_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,

    CONSTRAINT "log_readers_pkey" PRIMARY KEY ("space_id","name")
);

-- CreateTable
CREATE TABLE "contributor_settings" (
    "contributor_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "contributor_settings_pkey" PRIMARY KEY ("contributor_id","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "attachments_external_key" ON "attachments"("message_id", "external_id");

-- CreateIndex
CREATE INDEX "pairings_status_idx" ON "pairings"("space_id", "status", "asked_at");

-- CreateIndex
CREATE UNIQUE INDEX "pairings_external_key" ON "pairings"("channel", "subject", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "link_tokens_hash_key" ON "link_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "conversations_person_idx" ON "conversations"("chat_id", "contributor_id");

-- CreateIndex
CREATE INDEX "turns_conversation_idx" ON "turns"("conversation_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "turns_request_key" ON "turns"("request_id", "role");

-- CreateIndex
CREATE UNIQUE INDEX "requests_burst_key" ON "requests"("burst_id");

-- CreateIndex
CREATE INDEX "requests_status_idx" ON "requests"("space_id", "status", "created_at");

-- CreateIndex
CREATE INDEX "requests_chat_idx" ON "requests"("chat_id", "created_at");

-- CreateIndex
CREATE INDEX "requests_contributor_idx" ON "requests"("contributor_id");

-- CreateIndex
CREATE INDEX "posts_subject_idx" ON "posts"("subject_type", "subject_id");

-- CreateIndex
CREATE INDEX "posts_chat_idx" ON "posts"("chat_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "posts_key_key" ON "posts"("chat_id", "key");

-- CreateIndex
CREATE INDEX "buttons_post_idx" ON "buttons"("post_id");

-- CreateIndex
CREATE INDEX "memories_contributor_idx" ON "memories"("contributor_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "gaps_request_key" ON "gaps"("request_id");

-- CreateIndex
CREATE INDEX "gaps_status_idx" ON "gaps"("space_id", "status", "created_at");

-- CreateIndex
CREATE INDEX "note_chunks_model_idx" ON "note_chunks"("space_id", "model");

-- CreateIndex
CREATE UNIQUE INDEX "note_chunks_position_key" ON "note_chunks"("note_id", "position");

-- CreateIndex
CREATE INDEX "messages_request_idx" ON "messages"("request_id");

-- CreateIndex
CREATE INDEX "llm_calls_request_idx" ON "llm_calls"("request_id");

-- AddForeignKey
ALTER TABLE "messages" ADD CONSTRAINT "messages_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "requests"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pairings" ADD CONSTRAINT "pairings_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "link_tokens" ADD CONSTRAINT "link_tokens_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "link_tokens" ADD CONSTRAINT "link_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_chat_id_fkey" FOREIGN KEY ("chat_id") REFERENCES "chats"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_contributor_id_fkey" FOREIGN KEY ("contributor_id") REFERENCES "contributors"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "turns" ADD CONSTRAINT "turns_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "turns" ADD CONSTRAINT "turns_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "turns" ADD CONSTRAINT "turns_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "requests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bursts" ADD CONSTRAINT "bursts_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bursts" ADD CONSTRAINT "bursts_chat_id_fkey" FOREIGN KEY ("chat_id") REFERENCES "chats"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bursts" ADD CONSTRAINT "bursts_contributor_id_fkey" FOREIGN KEY ("contributor_id") REFERENCES "contributors"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "requests" ADD CONSTRAINT "requests_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "requests" ADD CONSTRAINT "requests_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "requests" ADD CONSTRAINT "requests_chat_id_fkey" FOREIGN KEY ("chat_id") REFERENCES "chats"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "requests" ADD CONSTRAINT "requests_contributor_id_fkey" FOREIGN KEY ("contributor_id") REFERENCES "contributors"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "requests" ADD CONSTRAINT "requests_burst_id_fkey" FOREIGN KEY ("burst_id") REFERENCES "bursts"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posts" ADD CONSTRAINT "posts_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posts" ADD CONSTRAINT "posts_chat_id_fkey" FOREIGN KEY ("chat_id") REFERENCES "chats"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "buttons" ADD CONSTRAINT "buttons_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "buttons" ADD CONSTRAINT "buttons_post_id_fkey" FOREIGN KEY ("post_id") REFERENCES "posts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memories" ADD CONSTRAINT "memories_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memories" ADD CONSTRAINT "memories_contributor_id_fkey" FOREIGN KEY ("contributor_id") REFERENCES "contributors"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gaps" ADD CONSTRAINT "gaps_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gaps" ADD CONSTRAINT "gaps_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "requests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "note_chunks" ADD CONSTRAINT "note_chunks_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "note_chunks" ADD CONSTRAINT "note_chunks_note_id_fkey" FOREIGN KEY ("note_id") REFERENCES "notes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "log_readers" ADD CONSTRAINT "log_readers_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contributor_settings" ADD CONSTRAINT "contributor_settings_contributor_id_fkey" FOREIGN KEY ("contributor_id") REFERENCES "contributors"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "llm_calls" ADD CONSTRAINT "llm_calls_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "requests"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- At most one conversation that has not ended, per person and chat.
CREATE UNIQUE INDEX "conversations_open_key" ON "conversations"("chat_id", "contributor_id") WHERE "ended_at" IS NULL;

-- At most one burst that is still gathered, per person and chat.
CREATE UNIQUE INDEX "bursts_open_key" ON "bursts"("chat_id", "contributor_id") WHERE "closed_at" IS NULL;

-- The same content becomes a note once: a second request for it finds the first.
CREATE UNIQUE INDEX "requests_content_key" ON "requests"("space_id", "content_hash") WHERE "content_hash" IS NOT NULL AND "status" IN ('working', 'done');

-- Titles with a slip of the finger in them are found, too.
CREATE INDEX "notes_title_trgm" ON "notes" USING gin ("title" gin_trgm_ops);

-- What a question is compared with, in the forms that Russian and English words take (the Russian configuration stems both).
CREATE INDEX "note_chunks_fts" ON "note_chunks" USING gin (to_tsvector('russian', "text"));

-- Notes whose chunks are not those of their newest text.
CREATE INDEX "notes_unchunked_idx" ON "notes"("space_id") WHERE "chunked_commit" IS DISTINCT FROM "commit_hash";
