import type { FileChange, Kb, KbTree } from "#server/kb/index.ts";
import { isListing, parseNote, planNote } from "#server/knowledge/index.ts";
import { NoteStatus } from "#server/knowledge/schema.ts";
import type { Db } from "#server/lib/db.ts";

import { ProposalDetails } from "./schema.ts";

/** What a proposal does to a note that is no longer so. */
export type Retirement = {
  noteId: string;
  /** The proposal that this note came from, if any. */
  ownerId: string | null;
  /** Where that note is now; null where it is gone. */
  path: string | null;
  title: string;
  /** Nothing else is written: the proposal asks whether the note is still true, and has no text to keep. */
  isAll: boolean;
};

/** The note that a proposal retires; null for one that retires none. */
export async function retirementOf(
  db: Db,
  { spaceId, proposalId }: { spaceId: string; proposalId: string },
): Promise<Retirement | null> {
  const proposal = await db.prisma.proposal.findFirst({
    where: { id: proposalId, spaceId },
    select: { kind: true, details: true },
  });
  const { retires, noteType } = ProposalDetails.parse(proposal?.details ?? { noteType: "Note" });
  if (!proposal || !retires) return null;
  const note = await db.prisma.note.findFirst({
    where: { id: retires.noteId, spaceId },
    select: { path: true, proposalId: true },
  });
  const isAll = proposal.kind === "note" && noteType === "Note";
  const ownerId = note?.proposalId ?? null;
  return { noteId: retires.noteId, ownerId, path: note?.path ?? null, title: retires.title, isAll };
}

/** The retired note as `deprecated`, with the path of the note that holds in its place, if one does. */
export async function planRetirement(
  tree: KbTree,
  { path }: Retirement,
  supersededBy: string | null,
): Promise<FileChange[]> {
  if (path === null || path === supersededBy) return [];
  return (await planNote(tree, { path, setStatus: "deprecated", supersededBy })).changes;
}

type Written = { files: string[]; commitHash: string };

/** The file that an approval made, of those that it changed: not the one that it retired. */
export async function ownFileOf(kb: Kb, written: Written, retirement: Retirement | null): Promise<string | null> {
  const files = written.files.filter((file) => !isListing(file));
  if (!retirement) return files[0] ?? null;
  const changes = await kb.changesOf(written.commitHash);
  return files.find((file) => changes.some(({ path, before }) => path === file && before === null)) ?? null;
}

/**
 * Gives a retired note the status back that it had before; nothing where someone has given it another one since, or where another
 * decision that is still in force retires it too.
 */
export async function planReturn(
  kb: Kb,
  tree: KbTree,
  written: Written,
  { path, others }: Retirement & { others: OtherRetirement[] },
): Promise<FileChange[]> {
  if (others.some(({ isInForce }) => isInForce)) return [];
  const existing = path === null ? null : await tree.read(path);
  if (path === null || existing === null || parseNote(existing).status !== "deprecated") return [];
  const befores: ReturnType<typeof parseNote>[] = [];
  // Where it was deprecated already, what retired it before says what it was, if that was taken back as well.
  for (const { files, commitHash } of [written, ...others]) {
    const changes = await kb.changesOf(commitHash);
    const retired = changes.find(
      (change) => change.before !== null && !isListing(change.path) && files.includes(change.path),
    );
    if (!retired) continue;
    befores.push(parseNote(retired.before ?? ""));
    if (befores.at(-1)?.status !== "deprecated") break;
  }
  const [first] = befores;
  if (!first) return [];
  const { status, frontMatter } = befores.find((before) => before.status !== "deprecated") ?? first;
  const before = NoteStatus.safeParse(status);
  const { superseded_by: supersededBy } = frontMatter;
  return (
    await planNote(tree, {
      path,
      setStatus: before.success ? before.data : "stable",
      supersededBy: typeof supersededBy === "string" ? supersededBy : null,
    })
  ).changes;
}

type OtherRetirement = Written & { isInForce: boolean };

/** What else was written that retires the same note, newest first. */
export async function otherRetirements(
  db: Db,
  { spaceId, proposalId }: { spaceId: string; proposalId: string },
  { noteId }: Retirement,
): Promise<OtherRetirement[]> {
  const { rows } = await db.pool.query<OtherRetirement>(
    `select o.files, o.commit_hash as "commitHash", p.decision_id is not distinct from o.id as "isInForce"
       from proposals p join kb_operations o on o.proposal_id = p.id and o.kind = 'create' and o.commit_hash is not null
      where p.space_id = $1 and p.id <> $2 and p.details -> 'retires' ->> 'noteId' = $3 order by o.id desc`,
    [spaceId, proposalId, noteId],
  );
  return rows;
}
