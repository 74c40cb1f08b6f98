// What a person makes of a conflict: one commit with both authors in it, or none; and it is decided once.
import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import { defineJob, jobCall } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { newId } from "#server/lib/ids.ts";
import { editByHand, openHome, personsGit, subjects, writing } from "#tests/support/kb.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";
import { z } from "zod";

import type { FileChange, Kb, OperationInput } from "./kb.ts";
import { kbConflict, kbConflicts, kbOperation, kbStatus } from "./queries.ts";
import { requestResolution, resolveConflict } from "./resolve.ts";
import type { ConflictChoice } from "./schema.ts";

const TEXT = "# Tides\n\nHigh at noon.\n\nLow at six.\n";
const OURS = TEXT.replace("noon", "one");
const THEIRS = TEXT.replace("noon", "two");
/** The job of whoever asked for the operation: it runs the operation again. */
const again = defineJob({ name: "test.again", payload: z.object({ id: z.uuid() }), maxAttempts: 3 });

type As = (actor: Ctx["actor"]) => Ctx;

/** An operation of Nora's that clashed with what Vera wrote, and Ilse, who decides. */
async function withConflict(
  { ctx, as, make }: { ctx: Ctx; as: As; make: Make },
  ours: FileChange[] = [{ path: "a.md", content: OURS }],
) {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const base = await kb.runOperation(ctx, writing("a.md", TEXT));
  await kb.runOperation(ctx, writing("a.md", THEIRS));
  const operationId = newId();
  let followed = 0;
  const operation: OperationInput = {
    operationId,
    kind: "edit",
    subject: "Edit the tides",
    trailers: [],
    author: { name: "Nora Field", email: "nora@example.org" },
    retry: jobCall(again, { id: operationId }),
    inTransaction: async () => void (followed += 1),
    proposed: { base: base?.commitHash ?? null, changes: ours },
  };
  expect(await kb.runOperation(ctx, operation)).toBeNull();
  const [conflict] = (await kbConflicts(ctx, { spaceId })).items;
  const user = await make.user({ spaceId, name: "Ilse" });
  return {
    ...{ spaceId, kb, operation, conflictId: conflict?.id ?? "", ilse: as(user.actor), ilseId: user.id },
    followed: () => followed,
  };
}

type Decision = { choice: ConflictChoice; text?: string };

/** Decides, and does the job. */
async function decide(ctx: Ctx, kb: Kb, conflictId: string, ...decisions: Decision[]) {
  const { files } = await kbConflict(ctx, { spaceId: kb.spaceId, conflictId });
  const choices = files.map(({ path }, at) => ({ path, ...(decisions[at] ?? { choice: "theirs" as const }) }));
  const requested = await requestResolution(ctx, { spaceId: kb.spaceId, conflictId, files: choices });
  await resolveConflict(ctx, kb, { conflictId });
  return requested;
}

const retries = async (ctx: Ctx) =>
  (await ctx.db.pool.query("select 1 from graphile_worker.jobs where task_identifier = 'test.again'")).rowCount;

test("ours: it is written with both authors and who decided, and the operation is committed by its next try", async ({
  ctx,
  as,
  make,
  db,
}) => {
  const { spaceId, kb, operation, conflictId, ilse, ilseId, followed } = await withConflict({ ctx, as, make });
  const before = await retries(ctx);
  const { operationId } = await decide(ilse, kb, conflictId, { choice: "ours" });
  expect(await kb.readFile("a.md")).toBe(OURS);
  expect(await personsGit(kb.folder, "log", "-1", "--format=%s|%an <%ae>%n%(trailers:only,unfold)")).toBe(
    [
      "Resolve: Edit the tides|Nora Field <nora@example.org>",
      `Winnow-Operation: ${operationId}`,
      `Winnow-Operation: ${operation.operationId}`,
      `Reviewed-by: Ilse <human:${ilseId}>`,
      "Co-authored-by: Vera Lind <vera@example.org>",
      "",
    ].join("\n"),
  );
  const head = await personsGit(kb.folder, "rev-parse", "HEAD");
  expect(await kbOperation(ctx, { spaceId, operationId })).toMatchObject({
    kind: "resolve",
    status: "committed",
    commitHash: head,
    for: "Ilse",
  });
  expect(await kbConflict(ctx, { spaceId, conflictId })).toMatchObject({
    status: "resolved",
    resolvedBy: "Ilse",
    resolutionId: operationId,
    files: [{ path: "a.md", choice: "ours" }],
  });
  // The job of the operation is asked for, and finds its commit there.
  expect(await retries(ctx)).toBe((before ?? 0) + 1);
  expect(followed()).toBe(0);
  expect(await kb.runOperation(ctx, operation)).toMatchObject({ isNew: false, commitHash: head });
  expect(followed()).toBe(1);
  expect(await kbOperation(ctx, { spaceId, operationId: operation.operationId })).toMatchObject({
    status: "committed",
    commitHash: head,
    failure: null,
    conflictId: null,
  });
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({ openConflicts: 0 });
  const events = await eventsSince(db, { spaceId, after: 0 });
  expect(events.findLast((event) => event.payload.conflictId === conflictId)).toMatchObject({
    type: "kb.synced",
    actor: ilse.actor,
  });
});

test("theirs: nothing is written, and the operation says who kept what stood there", async ({ ctx, as, make }) => {
  const { spaceId, kb, operation, conflictId, ilse } = await withConflict({ ctx, as, make });
  const head = await personsGit(kb.folder, "rev-parse", "HEAD");
  const before = await retries(ctx);
  const { operationId } = await decide(ilse, kb, conflictId, { choice: "theirs" });
  expect(await personsGit(kb.folder, "rev-parse", "HEAD")).toBe(head);
  expect(await kbOperation(ctx, { spaceId, operationId })).toBeNull();
  expect(await kbOperation(ctx, { spaceId, operationId: operation.operationId })).toMatchObject({
    status: "failed",
    failure: "Ilse kept what stood there already, so this was not written.",
    canRetry: false,
  });
  expect(await kbConflict(ctx, { spaceId, conflictId })).toMatchObject({ status: "resolved", resolvedBy: "Ilse" });
  expect(await retries(ctx)).toBe(before);
});

test("both: ours gets a file of its own beside theirs, under a name that is free", async ({ ctx, as, make, db }) => {
  const { spaceId, kb, conflictId, ilse } = await withConflict({ ctx, as, make });
  await kb.runOperation(ctx, writing("A-2.MD", "# Taken\n"));
  await decide(ilse, kb, conflictId, { choice: "both" });
  expect(await kb.readFile("a.md")).toBe(THEIRS);
  expect(await kb.readFile("a-3.md")).toBe(OURS);
  expect(await kb.readFile("index.md")).toContain("(/a-3.md)");
  expect(await db.prisma.note.count({ where: { spaceId, path: "a-3.md" } })).toBe(1);
});

test("edited: the text of the person stands", async ({ ctx, as, make }) => {
  const { spaceId, kb, conflictId, ilse } = await withConflict({ ctx, as, make });
  const text = TEXT.replace("noon", "one or two");
  await decide(ilse, kb, conflictId, { choice: "edited", text });
  expect(await kb.readFile("a.md")).toBe(text);
  expect((await kbConflict(ctx, { spaceId, conflictId })).files).toMatchObject([{ choice: "edited" }]);
});

test("files of one conflict are decided one by one, and are one commit", async ({ ctx, as, make }) => {
  const changes: FileChange[] = [
    { path: "a.md", content: OURS },
    { path: "b.md", content: "# Our b\n" },
    { path: "c.md", content: "# Our c\n" },
  ];
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const start = (await kb.tree()).head;
  for (const { path } of changes) await kb.runOperation(ctx, writing(path, `# Their ${path}\n`));
  const about = { operationId: newId(), kind: "edit" as const, subject: "Three", trailers: [] };
  const author = { name: "Nora Field", email: "nora@example.org" };
  await kb.runOperation(ctx, { ...about, author, proposed: { base: start, changes } });
  const [conflict] = (await kbConflicts(ctx, { spaceId })).items;
  const ilse = as((await make.user({ spaceId, name: "Ilse" })).actor);
  const before = (await subjects(kb)).length;
  await decide(ilse, kb, conflict?.id ?? "", { choice: "ours" }, { choice: "theirs" }, { choice: "both" });
  expect(await Promise.all(["a.md", "b.md", "c.md", "c-2.md"].map((path) => kb.readFile(path)))).toEqual([
    OURS,
    "# Their b.md\n",
    "# Their c.md\n",
    "# Our c\n",
  ]);
  expect(await subjects(kb)).toHaveLength(before + 1);
});

test("a decision that leaves out a file, or leaves the marks of a conflict in a text, is refused in words", async ({
  ctx,
  as,
  make,
}) => {
  const { spaceId, kb, conflictId, ilse } = await withConflict({ ctx, as, make });
  const text = `# Tides\n\n<<<<<<< ours\nHigh at one.\n=======\nHigh at two.\n>>>>>>> theirs\n`;
  const refused: Array<[files: Array<{ path: string } & Decision>, words: RegExp]> = [
    [[{ path: "b.md", choice: "ours" }], /Each file of the conflict needs one choice/],
    [
      [
        { path: "a.md", choice: "ours" },
        { path: "a.md", choice: "theirs" },
      ],
      /Each file of the conflict needs one choice/,
    ],
    [[{ path: "a.md", choice: "edited" }], /The text of “a.md” is missing/],
    [[{ path: "a.md", choice: "edited", text }], /still has lines such as <<<<<<</],
  ];
  for (const [files, words] of refused) {
    const asked = requestResolution(ilse, { spaceId, conflictId, files });
    await expect(asked).rejects.toMatchObject({ code: "invalid_input", message: expect.stringMatching(words) });
  }
  // What only looks like one is a text: an underlined title, a quote.
  const harmless = "Tides\n=======\n\n>> quoted <<<<<<< here\n";
  await decide(ilse, kb, conflictId, { choice: "edited", text: harmless });
  expect(await kb.readFile("a.md")).toBe(harmless);
});

test("of two people who decide at once the first one's decision counts, and the other is told whose", async ({
  ctx,
  as,
  make,
}) => {
  const { spaceId, kb, conflictId, ilse } = await withConflict({ ctx, as, make });
  const omar = as((await make.user({ spaceId, name: "Omar" })).actor);
  const asked = await Promise.allSettled([
    requestResolution(ilse, { spaceId, conflictId, files: [{ path: "a.md", choice: "ours" }] }),
    requestResolution(omar, { spaceId, conflictId, files: [{ path: "a.md", choice: "theirs" }] }),
  ]);
  expect(asked.map((each) => each.status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const isIlses = asked[0]?.status === "fulfilled";
  const winner = isIlses ? "Ilse" : "Omar";
  expect(asked.find((each) => each.status === "rejected")).toMatchObject({
    reason: { code: "conflict", message: expect.stringContaining(`${winner} has decided this conflict already`) },
  });
  await Promise.all([resolveConflict(ctx, kb, { conflictId }), resolveConflict(ctx, kb, { conflictId })]);
  expect(await kb.readFile("a.md")).toBe(isIlses ? OURS : THEIRS);
  expect((await subjects(kb)).filter((subject) => subject.startsWith("Resolve"))).toHaveLength(isIlses ? 1 : 0);
  // Nor is it decided again after that, or by someone of another space.
  const late = requestResolution(omar, { spaceId, conflictId, files: [{ path: "a.md", choice: "ours" }] });
  await expect(late).rejects.toThrow(`${winner} has decided`);
  const { id: elsewhere } = await make.space();
  const foreign = { spaceId: elsewhere, conflictId, files: [{ path: "a.md", choice: "ours" as const }] };
  await expect(requestResolution(omar, foreign)).rejects.toMatchObject({ code: "not_found" });
});

test("a file that was changed again in another place keeps that change", async ({ ctx, as, make }) => {
  const { kb, conflictId, ilse } = await withConflict({ ctx, as, make });
  await kb.runOperation(ctx, writing("a.md", `${THEIRS}\nOr Ilse.\n`));
  await decide(ilse, kb, conflictId, { choice: "ours" });
  expect(await kb.readFile("a.md")).toBe(`${OURS}\nOr Ilse.\n`);
});

test("a file that was changed again in the same place is to be looked at again, with what stands there now", async ({
  ctx,
  as,
  make,
}) => {
  const { spaceId, kb, conflictId, ilse } = await withConflict({ ctx, as, make });
  const third = TEXT.replace("noon", "three");
  await kb.runOperation(ctx, writing("a.md", third));
  const deciding = decide(ilse, kb, conflictId, { choice: "ours" });
  await expect(deciding).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/“a.md” was changed again since you looked/),
  });
  expect(await kb.readFile("a.md")).toBe(third);
  const conflict = await kbConflict(ctx, { spaceId, conflictId });
  expect(conflict).toMatchObject({ status: "open", files: [{ ours: OURS, theirs: third }] });
  expect(await kbOperation(ctx, { spaceId, operationId: conflict.resolutionId ?? "" })).toMatchObject({
    status: "failed",
    failure: expect.stringContaining("changed again"),
  });
  // The second look counts.
  await decide(ilse, kb, conflictId, { choice: "ours" });
  expect(await kb.readFile("a.md")).toBe(OURS);
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({ openConflicts: 0 });
});

test("a crash after the commit of a decision: the next try of the job closes the conflict and commits nothing", async ({
  ctx,
  as,
  make,
  db,
}) => {
  const { spaceId, kb, conflictId, ilse } = await withConflict({ ctx, as, make });
  await decide(ilse, kb, conflictId, { choice: "ours" });
  const head = await personsGit(kb.folder, "rev-parse", "HEAD");
  await db.pool.query("update kb_conflicts set status = 'open', resolved_at = null where id = $1", [conflictId]);
  await resolveConflict(ctx, kb, { conflictId });
  expect(await personsGit(kb.folder, "rev-parse", "HEAD")).toBe(head);
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({ openConflicts: 0 });
});

test("ours that is a deletion: ours takes the note away, both keeps theirs, and neither is asked again", async ({
  ctx,
  as,
  make,
}) => {
  for (const choice of ["ours", "both"] as const) {
    const { spaceId, kb, operation, conflictId, ilse } = await withConflict({ ctx, as, make }, [
      { path: "a.md", delete: true },
    ]);
    const before = await retries(ctx);
    await decide(ilse, kb, conflictId, { choice });
    expect(await kb.readFile("a.md")).toBe(choice === "ours" ? null : THEIRS);
    // What is asked for again does not bring the question back.
    if ((await retries(ctx)) !== before) await kb.runOperation(ctx, operation);
    expect(await kbStatus(ctx, { spaceId }), choice).toMatchObject({ openConflicts: 0 });
    expect(await kbOperation(ctx, { spaceId, operationId: operation.operationId })).toMatchObject(
      choice === "ours" ? { status: "committed" } : { status: "failed", canRetry: false },
    );
  }
});

test("a conflict with a hand-made version is resolved the same way, though no operation waits for it", async ({
  ctx,
  as,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  await kb.runOperation(ctx, writing("a.md", TEXT));
  editByHand(kb, "a.md", THEIRS);
  await kb.runOperation(ctx, writing("a.md", OURS));
  await kb.sync(ctx);
  const [conflict] = (await kbConflicts(ctx, { spaceId })).items;
  const ilse = as((await make.user({ spaceId, name: "Ilse" })).actor);
  await decide(ilse, kb, conflict?.id ?? "", { choice: "ours" });
  expect(await kb.readFile("a.md")).toBe(OURS);
  expect(await personsGit(kb.folder, "log", "-1", "--format=%s|%an")).toBe("Resolve: a.md|Vera Lind");
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({ openConflicts: 0 });
  // The folder has it as well.
  await expect.poll(() => personsGit(kb.folder, "status", "--porcelain")).toBe("");
});
