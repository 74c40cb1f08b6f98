import { describe, expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { newId } from "#server/lib/ids.ts";
import { approve, reject } from "#server/proposals/index.ts";
import { ProposalDetails } from "#server/proposals/schema.ts";
import { answers, foundTask, NORA, said, test, TIMO } from "#tests/support/extraction.ts";
import type { Make } from "#tests/support/make.ts";

import type { KnownAtom } from "../context/given.ts";
import { ProjectContext } from "../schema.ts";
import type { FoundProposal } from "./prompt.ts";

const MESSAGES = [
  said(TIMO, "We will not ship on Friday after all, the crane is broken."),
  said(NORA, "Agreed, we ship on Monday."),
];

function fact(more: Partial<FoundProposal> = {}): FoundProposal {
  return foundTask({
    id: "p1",
    kind: "atom",
    noteType: "Decision",
    title: "Ship on Monday",
    assigneeName: null,
    due: null,
    quotes: [{ message: "m2", text: "we ship on Monday" }],
    ...more,
  });
}

const known = (more: Partial<KnownAtom> = {}): KnownAtom => ({
  noteId: newId(),
  path: "topics/release/a.md",
  type: "Decision",
  title: "Ship on Friday",
  description: "The release goes out on Friday.",
  topic: "Release",
  ...more,
});

/** A note with the words that it rests on, as an approval leaves it. */
async function note(ctx: Ctx, make: Make, spaceId: string): Promise<KnownAtom> {
  const { id: proposalId } = await make.proposal({ spaceId, title: "Ship on Friday" });
  const at = new Date();
  const kb = await ctx.db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId: newId() } });
  const atom = known();
  await ctx.db.prisma.note.create({
    data: {
      ...{ id: atom.noteId, spaceId, kbId: kb.id, path: atom.path, type: atom.type, title: atom.title, tags: [] },
      ...{ body: "", frontMatter: {}, commitHash: "0".repeat(40), committedAt: at, createdAt: at, updatedAt: at },
      proposalId,
    },
  });
  return atom;
}

describe("what contradicts an approved fact", () => {
  test("is a proposal that retires its note, with the words of both", async ({ ctx, make, read, model, spaceId }) => {
    const atom = await note(ctx, make, spaceId);
    const quote = { message: "m1", text: "not ship on Friday" };
    answers(model, fact({ links: [{ relation: "contradicts", to: "a1", quote }] }));
    const { proposals } = await read({ messages: MESSAGES, given: { atoms: [atom] } });

    expect(proposals).toHaveLength(1);
    expect(proposals[0]).toMatchObject({
      kind: "atom",
      body: expect.stringMatching(
        /^Timo asks .+\n\nThis contradicts the note “Ship on Friday”, which rests on:\n\nNora Field, \d{4}-\d\d-\d\d:\n\n> Nora, please$/u,
      ),
      details: {
        links: [{ relation: "contradicts", to: { type: "note", id: atom.noteId }, title: "Ship on Friday" }],
        retires: { noteId: atom.noteId, title: "Ship on Friday" },
      },
      evidence: [{ quote: "we ship on Monday" }, { quote: "not ship on Friday" }, { quote: "Nora, please" }],
    });
    // The old words are no new ones.
    expect(proposals[0]?.reasons[0]).toBe("2 quotes were checked and stand in their messages.");
    expect(ProposalDetails.parse(proposals[0]?.details)).toEqual(proposals[0]?.details);
  });

  test("retires nothing by words that stand nowhere, or as anything but a fact", async ({ read, model }) => {
    const lie = { message: "m1", text: "Friday is cancelled for ever" };
    const links = (quote: typeof lie | null): FoundProposal["links"] => [{ relation: "contradicts", to: "a1", quote }];
    answers(
      model,
      fact({ title: "A", links: links(lie) }),
      fact({ title: "B", links: links(null), quotes: [lie] }),
      fact({ title: "C", links: links({ message: "c1", text: "Friday it is" }) }),
      fact({ title: "D", kind: "task", links: links(null) }),
      fact({ title: "E", links: [{ relation: "contradicts", to: "a2", quote: null }] }),
    );
    const context = [said(TIMO, "Friday it is")];
    const { proposals, dropped } = await read({
      messages: MESSAGES,
      contextMessages: context,
      given: { atoms: [known()] },
    });
    expect(proposals.map(({ details }) => [details.retires, details.links])).toEqual(proposals.map(() => [null, []]));
    expect(proposals).toHaveLength(5);
    expect(dropped).toBe(3);
  });
});

describe("links between proposals of one answer", () => {
  test("lead to each other by id, and to nothing that is not there", async ({ read, model }) => {
    answers(
      model,
      fact({ links: ["p2", "p1", "p9", "m1", "__proto__"].map((to) => ({ relation: "depends_on", to, quote: null })) }),
      fact({
        id: "p2",
        title: "The crane is broken",
        noteType: "Problem",
        quotes: [{ message: "m1", text: "the crane is broken" }],
      }),
    );
    const [first, second] = (await read({ messages: MESSAGES })).proposals;
    expect(first?.details.links).toEqual([
      { relation: "depends_on", to: { type: "proposal", id: second?.id }, title: "The crane is broken" },
    ]);
    expect(second?.details.links).toEqual([]);
  });
});

describe("an answer with faults", () => {
  test("is asked for once more, with what is wrong", async ({ read, model }) => {
    const bad = fact({
      quotes: [
        { message: "m2", text: "we ship on Tuesday" },
        { message: "m7", text: "Agreed" },
      ],
      links: [{ relation: "solves", to: "a4", quote: null }],
      recommendation: { action: "merge", of: "t1", why: "Known." },
    });
    model.next({ type: "json", value: { proposals: [bad] } }, { type: "json", value: { proposals: [fact()] } });
    const { proposals, dropped } = await read({ messages: MESSAGES });
    expect([dropped, proposals[0]?.evidence[0]?.quote]).toEqual([0, "we ship on Monday"]);
    expect(model.requests).toHaveLength(2);
    const words = model.requests[1]?.said.at(-1)?.content;
    expect(words).toContain("the text of proposals[0].quotes[0] does not stand in message m2;");
    for (const fault of ["quotes[1] names no message", "links[0].to names no", "recommendation.of names nothing"]) {
      expect(words).toContain(`proposals[0].${fault}`);
    }
    // What it answered may be a stranger's words: they are told as its own alone.
    expect(words).not.toMatch(/Tuesday|m7|a4|t1/u);
  });

  test("of the right kind is not asked for twice", async ({ read, model }) => {
    answers(model, fact());
    await read({ messages: MESSAGES });
    expect(model.requests).toHaveLength(1);
  });
});

describe("what is recommended", () => {
  test.for([
    [
      { action: "merge", of: "a1", why: "It is known." },
      { action: "merge", why: "The same as “Ship on Friday”: It is known." },
    ],
    [
      { action: "update", of: "t1", why: "" },
      { action: "update", why: "It adds to “Release”." },
    ],
    [
      { action: "update", of: "f1", why: "" },
      { action: "update", why: "It adds to “Book a crane”." },
    ],
    [
      { action: "merge", of: "a7", why: "It is known." },
      { action: "new", why: null },
    ],
    [
      { action: "reject", of: null, why: "Just talk." },
      { action: "reject", why: "Just talk." },
    ],
  ] as const)("%o becomes %o", async ([recommendation, expected], { read, model }) => {
    answers(model, fact({ recommendation }));
    const topics = [{ id: newId(), name: "Release", aliases: ["Shipping"], description: "" }];
    const given = { atoms: [known()], topics, earlier: ["Book a crane"] };
    const { proposals } = await read({ messages: MESSAGES, given });
    expect(proposals[0]?.recommendation).toEqual(expected);
    expect(proposals[0]?.confidence).toBe(expected.action === "reject" ? "fair" : "strong");
  });

  test("is to merge what has a known name, whatever the answer says", async ({ read, model }) => {
    const topic = { kind: "topic", noteType: "Topic" } as const;
    answers(
      model,
      fact({ ...topic, title: "shipping" }),
      fact({ ...topic, title: "Release", aliases: ["Rollout", "Rollout", " "] }),
      fact({ title: "book a crane" }),
    );
    const topics = [{ id: newId(), name: "Release", aliases: ["Shipping"], description: "" }];
    const { proposals } = await read({ messages: MESSAGES, given: { topics, earlier: ["Book a crane"] } });
    expect(proposals.map(({ recommendation }) => recommendation?.action)).toEqual(["merge", "update", "merge"]);
    expect(proposals[1]?.details).toMatchObject({ aliases: ["Rollout"], topic: null });
  });
});

describe("what the team told", () => {
  const project = ProjectContext.parse({
    components: [{ name: "Crane control", aliases: ["the crane"] }],
    people: [{ name: "Елена Орлова", aliases: ["Lena"], contributorId: newId() }],
  });

  test("gives a subject its name", async ({ read, model }) => {
    const topics = [{ id: newId(), name: "Release", aliases: ["Shipping"], description: "" }];
    answers(
      model,
      fact({ title: "A", topic: "The Crane" }),
      fact({ title: "B", topic: "t1" }),
      fact({ title: "C", topic: "shipping" }),
    );
    const { proposals } = await read({ messages: MESSAGES, given: { project, topics } });
    expect(proposals.map(({ details }) => details.topic)).toEqual(["Crane control", "Release", "Release"]);
  });

  test.for([
    ["Lena", "Lena, can you check the crane?", "Елена Орлова"],
    ["Елена Орлова", "Попросим Лену? Елену?", "Елена Орлова"],
    ["Lena", "Somebody should check the crane", null],
    ["me", "I will check the crane", "Timo Berg"],
    ["Я", "Проверю кран", "Timo Berg"],
    ["Bob", "ask Bob about the crane", "Bob"],
    ["Bob", "use the bobbin of the crane", null],
    ["Ada Quist", "ask @ada_q about the crane", "Ada Quist"],
    ["Ada Quist", "ask someone about the crane", null],
  ] as const)("“%s” in “%s” is %s", async ([assigneeName, text, expected], { read, model }) => {
    answers(model, foundTask({ assigneeName, due: null, quotes: [{ message: "m1", text }] }));
    const ada = { contributorId: newId(), name: "Ada Quist", username: "ada_q" };
    const { proposals } = await read({ messages: [said(TIMO, text)], given: { project, contributors: [ada] } });
    expect(proposals[0]?.details.assignee?.name ?? null).toBe(expected);
  });
});

test.for([
  ["by Friday", "Renew the permit by Friday", "Renew the permit", "2026-11-27"],
  ["до пятницы", "Продли до пятницы", "Продли", "2026-11-27"],
  // The quoted words are counted by the calendar, whatever the answer counts.
  ["2026-11-26", "Renew it by Friday", "Renew it by Friday", "2026-11-27"],
  ["by friday", "Renew it by Friday, please", "Renew it", "2026-11-27"],
  ["до пятницы", "Renew it by Friday", "Renew it by Friday", "2026-11-27"],
  ["bis Freitag", "Bitte bis Freitag erneuern", "erneuern", null],
  ["2026-11-27", "Bitte bis Freitag erneuern", "erneuern", "2026-11-27"],
  ["by Friday", "Renew the permit some day", "Renew the permit", null],
  ["2026-11-23", "Renew the permit some day", "Renew the permit", null],
  // It is Wednesday already, where they are.
  ["tomorrow", "Renew it tomorrow", "Renew it", "2026-11-26", "2026-11-24T23:30:00Z"],
] as const)("due “%s” in “%s”, quoted as “%s”, is %s", async ([due, text, quote, expected, at], { read, model }) => {
  answers(model, foundTask({ due, quotes: [{ message: "m1", text: quote }] }));
  const sentAt = new Date(at ?? "2026-11-24T15:00:00Z");
  const { proposals } = await read({ messages: [said(TIMO, text, { sentAt })] });
  expect(proposals[0]?.details.due).toBe(expected);
});

test("decisions on what was like it raise or lower how sure it is, those of its own messages apart", async ({
  ctx,
  db,
  make,
  read,
  model,
  spaceId,
}) => {
  const { id: runId } = await make.run({ spaceId });
  const decided = [];
  for (const decide of [approve, reject, reject]) {
    const row = await make.proposal({ runId, title: "Ship on Mondays" });
    await decide(ctx, { spaceId, proposalId: row.id, version: 1 });
    decided.push(row);
  }
  await make.proposal({ runId, title: "Ship on Mondays" });
  answers(model, fact({ confidence: 0.58 }));
  const ofAll = (await read({ messages: MESSAGES })).proposals[0];
  expect(ofAll?.reasons).toContain("Of 3 similar proposals before, 1 was approved.");
  expect(ofAll?.confidence).toBe("weak");
  const { messageId } = await db.prisma.proposalEvidence.findFirstOrThrow({ where: { proposalId: decided[2]!.id } });
  const again = MESSAGES.map((message, at) => (at === 0 ? { ...message, id: messageId } : message));
  const ofOthers = (await read({ messages: again })).proposals[0];
  expect(ofOthers?.reasons).toContain("Of 2 similar proposals before, 1 was approved.");
  expect(ofOthers?.confidence).toBe("fair");
});
