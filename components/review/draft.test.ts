import { expect, test } from "vitest";

import { ProposalDetails } from "#server/proposals/schema.ts";

import { draftOf, editOf, isSameDraft, readDraft } from "./draft.ts";
import type { ProposalItem } from "./proposal.ts";

const assignee = { name: "Nora Field", contributorId: "0198f3c1-0000-7000-8000-000000000001" };
const proposal = {
  title: "Renew the permit",
  body: "By Friday.",
  details: ProposalDetails.parse({ noteType: "Task", topic: "Permits", tags: ["harbour", "permit"], assignee }),
} as ProposalItem;

test("a proposal that was not touched comes back as it was, its owner still the same person", () => {
  const edit = editOf(draftOf(proposal), proposal);
  expect(edit).toMatchObject({ title: "Renew the permit", body: "By Friday." });
  expect(ProposalDetails.parse({ ...proposal.details, ...edit.details })).toEqual(proposal.details);
});

test("another name as owner is nobody we know", () => {
  const edit = editOf({ ...draftOf(proposal), assignee: "Jonas" }, proposal);
  expect(edit.details.assignee).toEqual({ name: "Jonas", contributorId: null });
});

test("emptied fields are emptied, not kept", () => {
  const edit = editOf({ ...draftOf(proposal), topic: " ", tags: " , ", assignee: "", due: "" }, proposal);
  expect(edit.details).toMatchObject({ topic: null, tags: [], assignee: null, due: null });
});

test("what was kept in the browser is read back, and rubbish counts as nothing", () => {
  const kept = { version: 3, draft: { ...draftOf(proposal), title: "Half a thou" } };
  const read = readDraft(JSON.stringify(kept));
  expect(read).toEqual(kept);
  expect(isSameDraft(kept.draft, draftOf(proposal))).toBe(false);
  for (const rubbish of [null, "", "{", "42", '{"version":1}']) expect(readDraft(rubbish)).toBeNull();
});
