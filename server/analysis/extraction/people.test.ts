import { expect, test } from "vitest";

import { peopleOf } from "./people.ts";

const person = (contributorId: string, name: string, username: string | null = null) => ({
  contributorId,
  name,
  username,
});
const people = peopleOf([
  person("1", "Nora Field", "nora_f"),
  person("1", "Nora Field", "nora_f"),
  person("2", "Timo Berg", "captain"),
  person("3", "Timo Holm"),
  person("4", "Лена Орлова"),
  person("5", "Иван Петров"),
  person("6", "Captain Lind"),
]);

test.for([
  ["Nora", "1"],
  ["nora", "1"],
  ["Nora's", "1"],
  ["Nora Field", "1"],
  ["@nora_f", "1"],
  ["nora_f", "1"],
  ["Timo Holm", "3"],
  ["@captain", "2"],
  ["Captain", "6"],
  ["Лену", "4"],
  ["Лене", "4"],
  ["Ивану", "5"],
] as const)("“%s” is contributor %s", ([written, id]) => {
  expect(people.find(written)?.contributorId).toBe(id);
});

test.for(["Timo", "@Nora", "Ada", "", "F", "@"])("“%s” is nobody, or more than one", (written) => {
  expect(people.find(written)).toBeNull();
});
