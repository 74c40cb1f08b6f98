-- CreateEnum
CREATE TYPE "RunTrigger" AS ENUM ('manual', 'automatic', 'scheduled', 'clone');

-- CreateEnum
CREATE TYPE "Recommendation" AS ENUM ('new', 'update', 'merge', 'reject');

-- CreateEnum
CREATE TYPE "RejectCode" AS ENUM ('not_a_task', 'duplicate', 'wrong', 'too_vague', 'done_already', 'other');

-- CreateEnum
CREATE TYPE "ReplayStatus" AS ENUM ('running', 'done', 'failed', 'cancelled');

-- AlterTable
ALTER TABLE "spaces" ADD COLUMN     "schedule_checked_at" TIMESTAMPTZ(3),
ADD COLUMN     "schedule_skipped" TEXT;

-- AlterTable
ALTER TABLE "chats" ADD COLUMN     "time_zone" TEXT;

-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "batches_failed" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "budget_cents" INTEGER,
ADD COLUMN     "chat_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "cloned_from_id" UUID,
ADD COLUMN     "messages_skipped" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "prompt_key" TEXT,
ADD COLUMN     "provider_id" UUID,
ADD COLUMN     "reads_again" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "trigger" "RunTrigger" NOT NULL DEFAULT 'manual',
ADD COLUMN     "wanted_model" TEXT;

-- AlterTable
ALTER TABLE "batches" ADD COLUMN     "context_ids" UUID[] DEFAULT ARRAY[]::UUID[];

-- AlterTable
ALTER TABLE "proposals" ADD COLUMN     "auto_rule_id" UUID,
ADD COLUMN     "decision_code" "RejectCode",
ADD COLUMN     "is_missed" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "prompt_key" TEXT,
ADD COLUMN     "recommendation" "Recommendation" NOT NULL DEFAULT 'new',
ADD COLUMN     "recommendation_why" TEXT,
ADD COLUMN     "similar" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "sureness" DOUBLE PRECISION;

-- AlterTable
ALTER TABLE "proposal_decisions" ADD COLUMN     "code" "RejectCode";

-- AlterTable
ALTER TABLE "notes" ADD COLUMN     "authors" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "is_verified" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "stale_after" DATE,
ADD COLUMN     "status" TEXT,
ADD COLUMN     "topic_slug" TEXT,
ADD COLUMN     "words" tsvector;

-- AlterTable
ALTER TABLE "llm_calls" ADD COLUMN     "cached_tokens" INTEGER,
ADD COLUMN     "prompt_key" TEXT,
ADD COLUMN     "provider_id" UUID,
ADD COLUMN     "replay_id" UUID;

-- CreateTable
CREATE TABLE "run_messages" (
    "run_id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "prompt_key" TEXT NOT NULL,
    "skipped" TEXT,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "run_messages_pkey" PRIMARY KEY ("run_id","message_id")
);

-- CreateTable
CREATE TABLE "hidden_examples" (
    "decision_id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "hidden_by" JSONB NOT NULL,
    "hidden_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "hidden_examples_pkey" PRIMARY KEY ("decision_id")
);

-- CreateTable
CREATE TABLE "approval_rules" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "conditions" JSONB NOT NULL,
    "is_on" BOOLEAN NOT NULL DEFAULT true,
    "audit_share" INTEGER NOT NULL,
    "least_precision" INTEGER NOT NULL,
    "backtest" JSONB NOT NULL,
    "off_reason" TEXT,
    "created_by" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "approval_rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval_audits" (
    "proposal_id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "rule_id" UUID NOT NULL,
    "was_right" BOOLEAN,
    "audited_by" JSONB,
    "audited_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "approval_audits_pkey" PRIMARY KEY ("proposal_id")
);

-- CreateTable
CREATE TABLE "replays" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "status" "ReplayStatus" NOT NULL DEFAULT 'running',
    "provider_id" UUID,
    "model" TEXT,
    "prompt_key" TEXT NOT NULL,
    "system" TEXT,
    "created_by" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "failure" TEXT,

    CONSTRAINT "replays_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "replay_batches" (
    "replay_id" UUID NOT NULL,
    "batch_id" UUID NOT NULL,
    "found" JSONB,
    "failure" TEXT,
    "latency_ms" INTEGER,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "replay_batches_pkey" PRIMARY KEY ("replay_id","batch_id")
);

-- CreateTable
CREATE TABLE "topics" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "aliases" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "description" TEXT NOT NULL DEFAULT '',
    "note_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "topics_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "atoms" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "note_id" UUID NOT NULL,
    "topic_id" UUID,
    "type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "atoms_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "atom_links" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "from_id" UUID NOT NULL,
    "relation" TEXT NOT NULL,
    "to_path" TEXT NOT NULL,
    "to_id" UUID,

    CONSTRAINT "atom_links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "llm_providers" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "base_url" TEXT NOT NULL,
    "sealed_key" BYTEA,
    "is_on" BOOLEAN NOT NULL DEFAULT true,
    "problem" TEXT,
    "tested_at" TIMESTAMPTZ(3),
    "updated_by" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "llm_providers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model_choices" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "use" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "provider_id" UUID,
    "model" TEXT NOT NULL,

    CONSTRAINT "model_choices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "prompt_overrides" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "use_case" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "base_version" INTEGER NOT NULL,
    "system" TEXT,
    "changed_by" JSONB NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "prompt_overrides_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "project_contexts" (
    "space_id" UUID NOT NULL,
    "content" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updated_by" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "project_contexts_pkey" PRIMARY KEY ("space_id")
);

-- CreateIndex
CREATE INDEX "run_messages_message_idx" ON "run_messages"("message_id");

-- CreateIndex
CREATE INDEX "hidden_examples_space_idx" ON "hidden_examples"("space_id");

-- CreateIndex
CREATE INDEX "approval_rules_space_idx" ON "approval_rules"("space_id", "created_at");

-- CreateIndex
CREATE INDEX "approval_audits_open_idx" ON "approval_audits"("space_id", "was_right", "created_at");

-- CreateIndex
CREATE INDEX "replays_space_idx" ON "replays"("space_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "notes_topic_idx" ON "notes"("kb_id", "topic_slug", "path");

-- CreateIndex
CREATE UNIQUE INDEX "topics_note_key" ON "topics"("note_id");

-- CreateIndex
CREATE UNIQUE INDEX "topics_slug_key" ON "topics"("space_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "atoms_note_key" ON "atoms"("note_id");

-- CreateIndex
CREATE INDEX "atoms_topic_idx" ON "atoms"("topic_id");

-- CreateIndex
CREATE INDEX "atoms_type_idx" ON "atoms"("space_id", "type");

-- CreateIndex
CREATE INDEX "atom_links_to_idx" ON "atom_links"("to_id");

-- CreateIndex
CREATE INDEX "atom_links_path_idx" ON "atom_links"("space_id", "to_path");

-- CreateIndex
CREATE UNIQUE INDEX "atom_links_key" ON "atom_links"("from_id", "relation", "to_path");

-- CreateIndex
CREATE UNIQUE INDEX "llm_providers_name_key" ON "llm_providers"("space_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "model_choices_position_key" ON "model_choices"("space_id", "use", "position");

-- CreateIndex
CREATE UNIQUE INDEX "prompt_overrides_version_key" ON "prompt_overrides"("space_id", "use_case", "version");

-- AddForeignKey
ALTER TABLE "runs" ADD CONSTRAINT "runs_cloned_from_id_fkey" FOREIGN KEY ("cloned_from_id") REFERENCES "runs"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_messages" ADD CONSTRAINT "run_messages_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_messages" ADD CONSTRAINT "run_messages_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_messages" ADD CONSTRAINT "run_messages_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_auto_rule_id_fkey" FOREIGN KEY ("auto_rule_id") REFERENCES "approval_rules"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hidden_examples" ADD CONSTRAINT "hidden_examples_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hidden_examples" ADD CONSTRAINT "hidden_examples_decision_id_fkey" FOREIGN KEY ("decision_id") REFERENCES "proposal_decisions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_rules" ADD CONSTRAINT "approval_rules_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_audits" ADD CONSTRAINT "approval_audits_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_audits" ADD CONSTRAINT "approval_audits_proposal_id_fkey" FOREIGN KEY ("proposal_id") REFERENCES "proposals"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_audits" ADD CONSTRAINT "approval_audits_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "approval_rules"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "replays" ADD CONSTRAINT "replays_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "replays" ADD CONSTRAINT "replays_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "replay_batches" ADD CONSTRAINT "replay_batches_replay_id_fkey" FOREIGN KEY ("replay_id") REFERENCES "replays"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "replay_batches" ADD CONSTRAINT "replay_batches_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "batches"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topics" ADD CONSTRAINT "topics_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topics" ADD CONSTRAINT "topics_note_id_fkey" FOREIGN KEY ("note_id") REFERENCES "notes"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "atoms" ADD CONSTRAINT "atoms_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "atoms" ADD CONSTRAINT "atoms_note_id_fkey" FOREIGN KEY ("note_id") REFERENCES "notes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "atoms" ADD CONSTRAINT "atoms_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topics"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "atom_links" ADD CONSTRAINT "atom_links_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "atom_links" ADD CONSTRAINT "atom_links_from_id_fkey" FOREIGN KEY ("from_id") REFERENCES "atoms"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "atom_links" ADD CONSTRAINT "atom_links_to_id_fkey" FOREIGN KEY ("to_id") REFERENCES "atoms"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "llm_providers" ADD CONSTRAINT "llm_providers_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_choices" ADD CONSTRAINT "model_choices_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_choices" ADD CONSTRAINT "model_choices_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "llm_providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "prompt_overrides" ADD CONSTRAINT "prompt_overrides_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_contexts" ADD CONSTRAINT "project_contexts_space_id_fkey" FOREIGN KEY ("space_id") REFERENCES "spaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "llm_calls" ADD CONSTRAINT "llm_calls_replay_id_fkey" FOREIGN KEY ("replay_id") REFERENCES "replays"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What Prisma cannot say.

-- Whether a message was read before with the same prompt: looked at for every message of a window.
CREATE INDEX "run_messages_read_idx" ON "run_messages" ("space_id", "prompt_key", "message_id") WHERE "read_at" IS NOT NULL;

-- Proposals whose titles are alike.
CREATE INDEX "proposals_title_trgm" ON "proposals" USING gin ("title" gin_trgm_ops);
-- What a new proposal may be like, by the words of titles.
CREATE INDEX "proposals_title_words" ON "proposals" USING gin (to_tsvector('russian', "title")) WHERE "status" = 'pending';
CREATE INDEX "notes_title_words" ON "notes" USING gin (to_tsvector('russian', "title"));

-- What the search reads and filters by, for notes that are there already. Days that no month has are counted on from its first.
UPDATE "notes" SET "status" = "front_matter" ->> 'status',
  "is_verified" = coalesce("front_matter" -> 'verified', 'null') NOT IN ('null', '[]', '""', 'false'),
  "stale_after" = CASE WHEN "front_matter" ->> 'stale_after' ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
    AND "front_matter" ->> 'stale_after' !~ '^0000'
    THEN (left("front_matter" ->> 'stale_after', 7) || '-01')::date + substr("front_matter" ->> 'stale_after', 9, 2)::int - 1 END,
  "authors" = ARRAY(SELECT DISTINCT s ->> 'author' FROM jsonb_array_elements(
    CASE jsonb_typeof("front_matter" -> 'sources') WHEN 'array' THEN "front_matter" -> 'sources' ELSE '[]' END) AS s
    WHERE s ->> 'author' IS NOT NULL ORDER BY 1),
  "topic_slug" = substring("path" FROM '^topics/([^/]+)/'),
  "words" = setweight(to_tsvector('russian', left("title", 1000)), 'A') || setweight(to_tsvector('simple', left("title", 1000)), 'A')
    || setweight(to_tsvector('russian', left(concat_ws(' ', array_to_string("tags", ' '), "topic", "description"), 10000)), 'B')
    || to_tsvector('russian', "body");

-- Full text of the notes, weighted: it takes the place of the index over an expression.
DROP INDEX "notes_fts";
CREATE INDEX "notes_words" ON "notes" USING gin ("words") WITH (gin_pending_list_limit = 512);
-- Parts are written in the background: what waits to be put into the index would be read with each question.
ALTER INDEX "note_chunks_fts" SET (fastupdate = off);

-- The own note of a topic.
CREATE INDEX "notes_own_topic_idx" ON "notes" ("kb_id", "topic_slug", "path") WHERE "type" = 'Topic';

-- Topics, atoms and their links, for notes that are there already: the same as server/knowledge/topics/ makes with each commit.
INSERT INTO "topics" ("id", "space_id", "slug", "name", "aliases", "description", "note_id", "created_at", "updated_at")
SELECT gen_random_uuid(), f.space_id, f.topic_slug, coalesce(own.title, f.topic, replace(f.topic_slug, '-', ' ')),
       coalesce(own.aliases, '{}'), coalesce(own.description, ''), own.id, now(), now()
  FROM (SELECT DISTINCT ON ("kb_id", "topic_slug") "kb_id", "space_id", "topic_slug", "topic" FROM "notes"
         WHERE "topic_slug" IS NOT NULL ORDER BY "kb_id", "topic_slug", "path") f
  LEFT JOIN LATERAL (
    SELECT "id", "title", "description", ARRAY(SELECT a FROM jsonb_array_elements_text(
             CASE jsonb_typeof("front_matter" -> 'aliases') WHEN 'array' THEN "front_matter" -> 'aliases' ELSE '[]' END) a) AS aliases
      FROM "notes" WHERE "kb_id" = f.kb_id AND "topic_slug" = f.topic_slug AND "type" = 'Topic' ORDER BY "path" LIMIT 1) own ON true;

INSERT INTO "atoms" ("id", "space_id", "note_id", "topic_id", "type", "created_at", "updated_at")
SELECT gen_random_uuid(), n."space_id", n."id", t."id", n."type", n."created_at", n."updated_at"
  FROM "notes" n LEFT JOIN "topics" t ON t."space_id" = n."space_id" AND t."slug" = n."topic_slug"
 WHERE n."type" IN ('Problem', 'Solution', 'Decision', 'Question', 'Insight', 'Pattern', 'Requirement', 'Risk', 'Blocker');
