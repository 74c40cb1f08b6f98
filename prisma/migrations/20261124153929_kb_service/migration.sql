-- CreateEnum
CREATE TYPE "ConflictStatus" AS ENUM ('preparing', 'open', 'resolved');

-- AlterTable
ALTER TABLE "knowledge_bases" ADD COLUMN     "ahead" INTEGER,
ADD COLUMN     "behind" INTEGER,
ADD COLUMN     "left_alone" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "problems" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "progress" JSONB,
ADD COLUMN     "remote" TEXT,
ADD COLUMN     "sync_failure" TEXT,
ADD COLUMN     "synced_at" TIMESTAMPTZ(3),
ADD COLUMN     "work_tree_note" TEXT;

-- AlterTable
ALTER TABLE "kb_operations" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "finished_at" TIMESTAMPTZ(3),
ADD COLUMN     "request" JSONB,
ADD COLUMN     "requested_by" JSONB NOT NULL DEFAULT '{"type":"system","name":"Winnow"}',
ADD COLUMN     "retry_job" JSONB,
ADD COLUMN     "worked_by" TEXT;

-- AlterTable
ALTER TABLE "worker_processes" ADD COLUMN     "home_id" UUID;

-- CreateTable
CREATE TABLE "kb_conflicts" (
    "id" UUID NOT NULL,
    "space_id" UUID NOT NULL,
    "kb_id" UUID NOT NULL,
    "operation_id" UUID,
    "source" TEXT NOT NULL,
    "status" "ConflictStatus" NOT NULL DEFAULT 'open',
    "subject" TEXT NOT NULL,
    "base_commit" TEXT,
    "our_commit" TEXT,
    "their_commit" TEXT,
    "merge_commit" TEXT,
    "our_author" JSONB NOT NULL,
    "their_author" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_by" JSONB,
    "resolution" JSONB,
    "resolution_id" UUID,

    CONSTRAINT "kb_conflicts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "kb_conflict_files" (
    "id" UUID NOT NULL,
    "conflict_id" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "base" TEXT,
    "ours" TEXT,
    "theirs" TEXT,
    "is_text" BOOLEAN NOT NULL DEFAULT true,
    "choice" TEXT,

    CONSTRAINT "kb_conflict_files_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "kb_conflicts_status_idx" ON "kb_conflicts"("kb_id", "status", "created_at");

-- CreateIndex
CREATE INDEX "kb_conflicts_operation_idx" ON "kb_conflicts"("operation_id");

-- CreateIndex
CREATE UNIQUE INDEX "kb_conflict_files_path_key" ON "kb_conflict_files"("conflict_id", "path");

-- CreateIndex
CREATE INDEX "kb_operations_queued_idx" ON "kb_operations"("kb_id", "queued_at");

-- CreateIndex
CREATE INDEX "kb_operations_commit_idx" ON "kb_operations"("kb_id", "commit_hash");

-- AddForeignKey
ALTER TABLE "kb_conflicts" ADD CONSTRAINT "kb_conflicts_kb_id_fkey" FOREIGN KEY ("kb_id") REFERENCES "knowledge_bases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "kb_conflicts" ADD CONSTRAINT "kb_conflicts_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "kb_operations"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "kb_conflict_files" ADD CONSTRAINT "kb_conflict_files_conflict_id_fkey" FOREIGN KEY ("conflict_id") REFERENCES "kb_conflicts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One word for what an operation does: until now all that was not a revert was called write.
UPDATE "kb_operations" SET "kind" = 'create' WHERE "kind" = 'write';
