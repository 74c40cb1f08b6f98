import { expect, test } from "vitest";

import type { ProjectContext } from "#server/analysis/schema.ts";

import { readDraft } from "./draft.ts";
import { checkForm, formOf, inText, nextKey, ProjectForm } from "./project-form.ts";

const told: ProjectContext = {
  about: "Boats in, boats out.",
  keywords: ["berth", "tide"],
  glossary: [{ term: "ETA", meaning: "when a boat is in" }],
  components: [{ name: "Crane", aliases: ["the big one", "K2"] }],
  people: [{ name: "Nora", aliases: [], role: "harbour master", contributorId: null }],
};

test("what was told comes back from its form as it was", () => {
  expect(checkForm(formOf(told))).toEqual({ isGood: true, content: told });
});

test("names are told apart at commas and lines, each once, and rows in which nothing stands are left out", () => {
  const form = formOf(told);
  const checked = checkForm({
    ...form,
    keywords: " berth, tide;\nberth\n\nwind ,",
    glossary: [...form.glossary, { key: 7, term: " ", meaning: "" }],
    people: [{ key: 3, name: " ", aliases: ",", role: "", contributorId: null }],
  });
  expect(checked).toMatchObject({
    isGood: true,
    content: { keywords: ["berth", "tide", "wind"], glossary: told.glossary, people: [] },
  });
});

test("what is half said is refused with the row it is about, and nothing of it is dropped", () => {
  const form = formOf(told);
  const checked = checkForm({
    ...form,
    glossary: [
      { key: 0, term: "ETD", meaning: "" },
      { key: 1, term: "", meaning: "when it is out" },
    ],
    components: [{ key: 0, name: "", aliases: "K3" }],
    people: [{ key: 0, name: "", aliases: "", role: "pilot", contributorId: null }],
  });
  expect(checked).toEqual({
    isGood: false,
    problems: [
      "The glossary does not say what “ETD” means.",
      "The glossary says “when it is out” of a term without a name.",
      "The component that is also called K3 has no name.",
      "A person has no name (pilot).",
    ],
  });
  const long = checkForm({ ...form, components: [{ key: 0, name: "x".repeat(81), aliases: "" }] });
  expect(long).toMatchObject({ isGood: false, problems: [expect.stringMatching(/^Components, row 1, name: /)] });
});

test("the text to compare says everything that was told", () => {
  expect(inText(told)).toBe(
    "About\nBoats in, boats out.\n\nKeywords\nberth\ntide\n\nGlossary\nETA: when a boat is in\n\nComponents\nCrane (also the big one, K2)\n\nPeople\nNora, harbour master\n",
  );
});

test("a new row has a key of its own", () => {
  expect([nextKey([]), nextKey([{ key: 4 }, { key: 2 }])]).toEqual([0, 5]);
});

test("a draft that cannot be read counts as none", () => {
  const draft = { seenVersion: 2, content: formOf(told) };
  expect(readDraft(ProjectForm, JSON.stringify(draft))).toEqual(draft);
  for (const stored of [null, "", "{", "null", '{"seenVersion":1}']) expect(readDraft(ProjectForm, stored)).toBe(null);
});
