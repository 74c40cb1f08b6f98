import { expect, test } from "vitest";

import { addFiles, sizeInWords } from "./files.ts";

const file = (name: string, size = 10) => {
  const made = new File(["x"], name);
  Object.defineProperty(made, "size", { value: size });
  return made;
};

test("a message carries five files of 20 MB, and says what it leaves out", () => {
  const five = ["a", "b", "c", "d", "e"].map((name) => file(name));
  expect(addFiles([], five)).toEqual({ files: five, problem: null });
  const { files, problem } = addFiles(five.slice(0, 4), [file("f"), file("g")]);
  expect(files.map(({ name }) => name)).toEqual(["a", "b", "c", "d", "f"]);
  expect(problem).toContain("five files at most");
  const large = addFiles([], [file("film.mp4", 20 * 1024 * 1024 + 1), file("ok", 20 * 1024 * 1024), file("none", 0)]);
  expect(large.files.map(({ name }) => name)).toEqual(["ok"]);
  expect(large.problem).toBe(
    "“film.mp4” is larger than 20 MB: send a smaller one. “none” is empty or a folder: nothing of it can be sent.",
  );
});

test("sizes are told in the largest fitting unit", () => {
  expect([0, 999, 1000, 999_499, 999_500, 3_440_000].map(sizeInWords)).toEqual([
    ...["0 B", "999 B", "1 kB", "999 kB", "1.0 MB", "3.4 MB"],
  ]);
});
