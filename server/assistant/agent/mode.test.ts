import { expect } from "vitest";

import { setPersonal } from "#server/settings/index.ts";
import { noteText, test } from "#tests/support/agent.ts";
import { call, done, plan } from "#tests/support/model-script.ts";
import { personsGit, subjects } from "#tests/support/kb.ts";

test("a task reads two notes and writes one, in one commit of the person's", async ({ agent, model, ctx, spaceId }) => {
  await agent.write({
    "topics/permit/a.md": noteText("Permit", "The permit ends in May."),
    "topics/permit/b.md": noteText("Fees", "The fee is 200 euro."),
  });
  const before = await subjects(agent.kb);
  model.next(
    plan("Read both notes", "Write the overview"),
    call("search_kb", { query: "permit fee" }),
    {
      type: "calls",
      calls: [
        { name: "read_note", arguments: { path: "topics/permit/a.md", from_character: null } },
        { name: "read_note", arguments: { path: "/topics/permit/b.md" } },
      ],
    },
    call("create_note", {
      ...{ title: "Permit at a glance", type: "Note", description: "When it ends and what it costs.", topic: "Permit" },
      ...{ tags: ["permit"], body: "It ends in May and costs 200 euro.", path: null },
    }),
    done("I wrote an overview."),
  );
  const shown: string[] = [];
  const request = await agent.give({ prompt: "Write an overview of the permit." });
  const { result, turns } = await agent.run(request, { show: ({ text }) => void shown.push(text) });

  expect(result).toMatchObject({
    ...{ type: "task", summary: "I wrote an overview.", steps: 5, tokens: 5_500, generatedBy: "gpt-4.1-mini" },
    tools: { search_kb: 1, read_note: 2, create_note: 1 },
  });
  const [file] = result.files;
  expect(result.files).toHaveLength(1);
  expect(file).toMatchObject({
    path: expect.stringMatching(/^topics\/permit\/[\d-]+-permit-at-a-glance\.md$/),
    change: "added",
  });
  const text = (await agent.notes())[file?.path ?? ""] ?? "";
  expect(text).toContain(
    "type: Note\ntitle: Permit at a glance\ndescription: When it ends and what it costs.\ntopic: Permit",
  );
  expect(text).toContain("by: winnow/gpt-4.1-mini");
  expect(file?.added).toBe(text.split("\n").length - 1);
  expect(turns).toEqual({ user: "Write an overview of the permit.", assistant: "I wrote an overview." });
  // The model saw what the notes say, as data.
  const read = model.requests[3]?.said.filter(({ role }) => role === "tool").map(({ content }) => content) ?? [];
  expect(read[2]).toMatch(/^<result tool="read_note" ok="yes">[^]*The permit ends in May\.[^]*<\/result>$/);
  expect(read[1]).toContain("topics/permit/b.md");
  expect(model.requests[0]?.tools.map(({ name }) => name)).toEqual([
    ...["plan", "search_kb", "list_notes", "read_note", "recall", "fetch_url"],
    ...["create_note", "edit_note", "move_note", "delete_note", "create_folder", "remember"],
  ]);

  expect(await subjects(agent.kb)).toEqual(["Task: Write an overview of the permit.", ...before]);
  const log = await personsGit(agent.kb.folder, "log", "-1", "--format=%H|%an|%ae|%(trailers)");
  expect(log).toMatch(
    new RegExp(`^${result.commitHash}\\|Nora Field\\|contributor\\.${agent.personId}@winnow\\.invalid`),
  );
  expect(log).toContain(`Requested-by: Nora Field <contributor:${agent.personId}>`);
  expect(log).toContain("Generated-by: winnow/gpt-4.1-mini");
  expect(await ctx.db.prisma.note.count({ where: { spaceId, title: "Permit at a glance" } })).toBe(1);
  // People saw the plan and each step.
  expect(shown[0]).toContain("1. Read both notes\n2. Write the overview");
  expect(shown.at(-1)).toContain("✓ create\\_note: Permit at a glance".replace("\\_", "_"));
  expect((await agent.reread(request.id)).progress).toMatchObject({
    plan: ["Read both notes", "Write the overview"],
    steps: [{ tool: "search_kb" }, { about: "topics/permit/a.md", isOk: true }, {}, { tool: "create_note" }],
  });
});

test("a note moves and the links to it follow; the index keeps its row", async ({ agent, model, ctx, spaceId }) => {
  await agent.write({
    "topics/a.md": noteText("A", "Alpha."),
    "topics/b.md": noteText("B", "See [A](/topics/a.md) and [part](/topics/a.md#part), not [C](/topics/a.md.md)."),
  });
  const row = await ctx.db.prisma.note.findFirst({ where: { spaceId, path: "topics/a.md" } });
  model.next(plan("Move"), call("move_note", { path: "topics/a.md", to: "archive/Альфа 1.md" }), done());
  const { result } = await agent.task("Move A to the archive.");
  expect(result.files.map(({ path, change }) => `${change} ${path}`)).toEqual([
    "added archive/Альфа 1.md",
    "removed topics/a.md",
    "changed topics/b.md",
  ]);
  const files = await agent.notes();
  expect(files["archive/Альфа 1.md"]).toBe(noteText("A", "Alpha."));
  expect(files["topics/b.md"]).toContain(
    "[A](/archive/Альфа%201.md) and [part](/archive/Альфа%201.md#part), not [C](/topics/a.md.md).",
  );
  expect(await ctx.db.prisma.note.findUnique({ where: { id: row?.id ?? "" } })).toMatchObject({
    path: "archive/Альфа 1.md",
  });
});

test("what a task changes it sees itself, and nobody else before its end", async ({ agent, model }) => {
  await agent.write({ "topics/a.md": noteText("A", "Alpha."), "topics/b.md": noteText("B", "Beta.") });
  const seen: unknown[] = [];
  model.next(
    plan("Change"),
    call("edit_note", { path: "topics/a.md", passage: "Alpha", text: "Omega" }),
    call("delete_note", { path: "topics/b.md" }),
    call("create_folder", { path: "new" }),
    call("read_note", { path: "topics/a.md" }),
    call("list_notes", { folder: "" }),
    call("read_note", { path: "topics/b.md" }),
  );
  model.always(() => {
    seen.push(agent.kb.readFile("topics/a.md"));
    return done();
  });
  await agent.task("Change A and take B out.");
  const said =
    model.requests
      .at(-1)
      ?.said.filter(({ role }) => role === "tool")
      .map(({ content }) => content) ?? [];
  expect(said[3]).toContain("it is there once a note is in it");
  expect(said[4]).toContain("Omega.");
  expect(said[5]).toContain("topics/a.md: A");
  expect(said[5]).not.toContain("topics/b.md");
  expect(said[6]).toMatch(/ok="no">There is no note at topics\/b\.md/);
  expect(await seen[0]).toContain("Alpha.");
  expect(Object.keys(await agent.notes())).not.toContain("topics/b.md");
  expect((await agent.notes())["topics/a.md"]).toBe(noteText("A", "Omega."));
});

test("a task that changes nothing makes no commit", async ({ agent, model }) => {
  await agent.write({ "topics/a.md": noteText("A", "Alpha.") });
  const before = await subjects(agent.kb);
  model.next(
    { type: "text", text: "1. Look at A\n2. Tell" },
    call("read_note", { path: "topics/a.md" }),
    call("edit_note", { path: "topics/a.md", passage: "Alpha", text: "Beta" }),
    call("edit_note", { path: "topics/a.md", passage: "Beta", text: "Alpha" }),
    done("A says Alpha."),
  );
  const request = await agent.give({ prompt: "What does A say?" });
  const { result } = await agent.run(request);
  expect(result).toMatchObject({ commitHash: null, files: [], summary: "A says Alpha." });
  expect(await subjects(agent.kb)).toEqual(before);
  // The first text was the plan.
  expect((await agent.reread(request.id)).progress).toMatchObject({ plan: ["Look at A", "Tell"] });
});

test("what is wrong with a call is said to the model, which goes on", async ({ agent, model }) => {
  await agent.write({ "topics/a.md": noteText("A", "Alpha and alpha.") });
  model.next(
    call("read_note", "{ this is no JSON"),
    call("read_note", [1, 2]),
    call("read_note", { path: 5 }),
    call("run_shell", { command: "env" }),
    call("edit_note", { path: "topics/a.md", passage: "lpha", text: "x" }),
    call("create_note", { title: "A", type: "Song", description: "", body: "" }),
    done("It did not work."),
  );
  const { result } = await agent.task("Do odd things.");
  const said =
    model.requests
      .at(-1)
      ?.said.filter(({ role }) => role === "tool")
      .map(({ content }) => content) ?? [];
  expect(said.map((text) => /ok="no"/.test(text))).toEqual([true, true, true, true, true, true]);
  expect(said[0]).toContain("no JSON object");
  expect(said[3]).toContain("There is no tool of this name");
  expect(said[4]).toContain("stands in the note 2 times");
  expect(result).toMatchObject({ commitHash: null, files: [], tools: { read_note: 3, unknown: 1, edit_note: 1 } });
});

test("what is remembered is written with the task, is the person's alone, and is recalled", async ({
  agent,
  model,
  ctx,
}) => {
  model.next(
    plan("Remember"),
    call("remember", { text: "I like short notes." }),
    call("remember", { text: "x".repeat(501) }),
    done(),
  );
  await agent.task("Remember that I like short notes.");
  expect(await ctx.db.prisma.memory.findMany({ where: { spaceId: agent.spaceId } })).toMatchObject([
    { contributorId: agent.personId, text: "I like short notes." },
  ]);
  model.next(plan("Recall"), call("recall", {}), done());
  await agent.task("What do I like?");
  expect(model.requests.at(-1)?.said.at(-1)?.content).toContain("I like short notes.");
  model.next(plan("Recall"), call("recall", {}), done());
  await agent.task("What do I like?", { contributorId: agent.otherId });
  expect(model.requests.at(-1)?.said.at(-1)?.content).toContain("There is nothing.");
});

test("what was said before comes before the task", async ({ agent, model, ctx }) => {
  model.next(plan("a"), done("The permit ends in May."));
  const first = await agent.give({ prompt: "When does the permit end?" });
  const { turns } = await agent.run(first);
  for (const role of ["user", "assistant"] as const) {
    await ctx.db.pool.query(
      `insert into turns (id, space_id, conversation_id, request_id, role, text, at)
       values (gen_random_uuid(), $1, $2, $3, $4::"TurnRole", $5, now() + $6::interval)`,
      [first.spaceId, first.conversationId, first.id, role, turns?.[role], role === "user" ? "0 s" : "1 ms"],
    );
  }
  model.next(plan("a"), done());
  await agent.task("And the fee?", { conversationId: first.conversationId });
  expect(model.requests.at(-1)?.said.slice(1, 4)).toMatchObject([
    { role: "user", content: "When does the permit end?" },
    { role: "assistant", content: "The permit ends in May." },
    { role: "user", content: "And the fee?" },
  ]);
});

test("the model that the space chose is asked, and the person's own before it", async ({ agent, model, ctx }) => {
  await agent.set("assistant.model", "model-of-the-space");
  model.next(plan("a"), done());
  expect((await agent.task("Look.")).result.generatedBy).toBe("model-of-the-space");
  await setPersonal(ctx, { contributorId: agent.personId, key: "model", value: "own-model" });
  model.next(plan("a"), done());
  expect((await agent.task("Look.")).result.generatedBy).toBe("own-model");
  expect(model.requests.map((request) => request.model)).toEqual([
    ...["model-of-the-space", "model-of-the-space", "own-model", "own-model"],
  ]);
});
