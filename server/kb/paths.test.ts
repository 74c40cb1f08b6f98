import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve, sep, win32 } from "node:path";

import fc from "fast-check";
import { expect, test } from "vitest";

import { checkPath, foldPath, staysInside } from "./paths.ts";

const TRAVERSAL = ["..", ".", "...", "．．", "․․", "‥", "…", "%2e%2e", "~", "C:", "..\u200d", ""];
const SEPARATORS = ["\\", "//", "／", "＼", "∕", "/./", "/../", "\0/"];
const MARKS = [
  "\0",
  "\n",
  "\u202e",
  "\u200f",
  "\u061c",
  "\ufeff",
  "\u00ad",
  "\ufffd",
  "\ud800",
  "e\u0301",
  "\u{e0041}",
];
const PLAIN = ["a", "b.md", "index.md", "topics", "ёлка", "日本", "é", "a b (1).png", "-", "git", "config", "~1", "ß"];

const someCase = (name: string) =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) => [...name].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter)).join(""));
/** A letter as it is, as one of its twins, or with a mark before it that HFS+ does not see. */
const disguised = (name: string) =>
  fc
    .tuple(someCase(name), fc.array(fc.constantFrom("plain", "plain", "wide", "unseen"), { minLength: name.length }))
    .map(([letters, how]) =>
      [...letters]
        .map((letter, i) => {
          if (how[i] === "wide") return String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0);
          return how[i] === "unseen" ? `\u200c${letter}` : letter;
        })
        .join(""),
    );
const ending = fc.constantFrom("", "", ".", " ", " .", "::$INDEX_ALLOCATION", ":x", "/config", "/hooks/x");
const gitsOwn = fc
  .tuple(fc.constantFrom(".git", "git~1", "git~27").chain(disguised), ending)
  .map((parts) => parts.join(""));
const device = fc
  .tuple(
    fc.constantFrom("con", "prn", "aux", "nul", "com0", "com9", "com¹", "lpt3", "lpt²", "conin$", "conout$"),
    fc.constantFrom("", ".md", " .md", ".", ".tar.gz", ":x"),
  )
  .chain(([name, extension]) => someCase(name).map((cased) => cased + extension));
const name = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...PLAIN) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...PLAIN), { minLength: 2, maxLength: 3 }).map((p) => p.join("")) },
  fc.constantFrom(...TRAVERSAL),
  fc.constantFrom(...MARKS).map((mark) => `a${mark}b`),
  gitsOwn,
  device,
  fc.string({ unit: "binary", maxLength: 3 }),
  fc.constantFrom(...'<>:"|?* .').map((sign) => `a${sign}`),
  fc.constantFrom("a", "日").map((letter) => letter.repeat(85)),
  fc.constant("a".repeat(250)),
);
const separator = fc.oneof({ weight: 8, arbitrary: fc.constant("/") }, fc.constantFrom(...SEPARATORS));
const hostile = fc
  .tuple(name, fc.array(fc.tuple(separator, name), { maxLength: 4 }))
  .map(([first, rest]) => first + rest.flat().join(""));

const accepted = (path: string) => {
  try {
    return checkPath(path) === path;
  } catch {
    return false;
  }
};

test("no hostile path finds a way out: what is accepted is a file inside, there and on other systems", () => {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), "winnow-paths-")));
  let seen = 0;
  try {
    fc.assert(
      fc.property(hostile, (path) => {
        if (!accepted(path)) return true;
        seen += 1;
        // A folder of its own, for one path may need a file where another needs a folder.
        return isPlain(path) && endsInside(join(parent, `kb-${seen}`), path);
      }),
      { numRuns: 10_000 },
    );
    expect(readdirSync(parent)).toHaveLength(seen);
  } finally {
    rmSync(parent, { recursive: true });
  }
  expect(seen).toBeGreaterThan(100);
});

function isPlain(path: string): boolean {
  return (
    path === path.normalize("NFC") &&
    !/[\p{Cc}\\<>:"|?*\ufffd]/u.test(path) &&
    staysInside(path) &&
    path.split("/").every((each) => {
      const plain = plainly(each);
      const device = /^(con|prn|aux|nul|(com|lpt)[0-9]|conin\$|conout\$)$/;
      return !/^\.|[. ]$|^$/.test(each) && !/^\.|^git~\d+$/.test(plain) && !device.test(beforeDot(plain));
    })
  );
}

/** What any one system may read in a name; written apart from the code that it proves. */
function plainly(each: string): string {
  const unseen = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|\p{Variation_Selector}/gu;
  const [file = ""] = each.replace(unseen, "").normalize("NFKC").toLowerCase().split(":", 1);
  return file.replace(/[. ]+$/, "");
}

function beforeDot(each: string): string {
  return (each.split(".", 1)[0] ?? "").trimEnd();
}

/** Writes the file, and looks where it came to be. */
function endsInside(root: string, path: string): boolean {
  const file = resolve(root, path);
  if (file !== [root, ...path.split("/")].join(sep)) return false;
  if (win32.resolve("C:\\kb", path) !== ["C:\\kb", ...path.split("/")].join("\\")) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  return realpathSync.native(file) === file;
}

test.for([
  ["", "empty"],
  ["/etc/passwd", "absolute"],
  ["C:/x", "absolute"],
  ["a/../b", "leaves"],
  ["..", "leaves"],
  ["./a", "leaves"],
  ["a//b", "empty part"],
  ["a/", "empty part"],
  ["a\\b", "backslash"],
  [".git/config", "hidden"],
  ["x/.GIT/config", "hidden"],
  ["GIT~1/config", "another"],
  ["ｇｉｔ～1/config", "another"],
  ["．git/config", "another"],
  ["a/．．/b", "another"],
  ["a／..／b", "another"],
  ["a/b. ", "another"],
  ["a/b.", "another"],
  ["nul", "device"],
  ["a/NUL.md", "device"],
  ["a/aux/b.md", "device"],
  ["Com¹.tar.gz", "device"],
  ["lpt0 .md", "device"],
  ["CONIN$", "device"],
  ["conout$.md", "device"],
  ["a/what?.md", "Windows cannot store"],
  ["a/b:c.md", "Windows cannot store"],
  ['a/"b".md', "Windows cannot store"],
  ["a/b|c.md", "Windows cannot store"],
  ["a/<b>.md", "Windows cannot store"],
  ["*.md", "Windows cannot store"],
  ["cafe\u0301.md", "NFC"],
  ["a\ufffdb.md", "could not be read"],
  ["a\0b", "cannot be seen"],
  ["a\nb", "cannot be seen"],
  ["a\u202eb", "cannot be seen"],
  ["a\u061cb", "cannot be seen"],
  ["g\u200cit", "cannot be seen"],
  ["a\ud800b", "cannot be seen"],
  [`${"a".repeat(241)}.md`, "too long"],
  ["a/".repeat(600), "too long"],
])("%j is refused: %s", ([path = "", why]) => {
  expect(() => checkPath(path)).toThrow(why);
});

test("paths of notes are accepted in any language, and names that only resemble a reserved one", () => {
  for (const path of [
    "index.md",
    "topics/порт-гавань/2026-11-21-ёлка.md",
    "media/a b (1).png",
    "topics/日本/x.md",
    "topics/हिन्दी/cafés, $5 & 100%.md",
    "console/com10/aux-note/2026-11-21-con.md",
    "gits/git/git~x.md",
  ]) {
    expect(checkPath(path)).toBe(path);
  }
});

test("a commit of someone else may hold hidden files and names that Windows refuses", () => {
  const theirs = ["a/.obsidian/x", ".gitignore", ".github/a", "a..b", "nul.md", "a/what?.md", "cafe\u0301.md", "❤️.md"];
  expect(theirs.filter((path) => !staysInside(path))).toEqual([]);
});

test.for([
  "../x",
  "a/../x",
  "/x",
  "a//b",
  "a\\b",
  "a\0b",
  "a\ufffd.md",
  ".git/hooks/x",
  "a/.Git /x",
  ".git../x",
  ".git . ./x",
  ".git::$INDEX_ALLOCATION/x",
  ".git :x",
  "git~1",
  "GIT~2/x",
  "git~1::$INDEX_ALLOCATION",
  ".g\u200cit/x",
  ".git\ufeff/x",
  "\u202e.git/x",
  ".ｇｉｔ/x",
  "．GIT/x",
  "a＼.git",
])("a commit of someone else never brings %j", (path) => {
  expect(staysInside(path)).toBe(false);
});

test("paths fold to one form where some disk takes them for one file", () => {
  for (const [one, other] of [
    ["Topics/A.md", "topics/a.MD"],
    ["caf\u00e9.md", "cafe\u0301.md"],
    ["Straße", "STRASSE"],
    ["STRAẞE", "strasse"],
    ["ΣΊΣΥΦΟΣ", "σίσυφος"],
    ["ﬁle", "FILE"],
    ["a\u200db", "ab"],
    ["\u212ain", "kin"],
  ] as const) {
    expect(foldPath(one)).toBe(foldPath(other));
  }
  expect(foldPath("a/b-2.md")).toBe("a/b-2.md");
  expect(foldPath("ё")).not.toBe(foldPath("е"));
});

test("a folded path folds to itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (path) => {
      const folded = foldPath(path);
      expect(foldPath(folded)).toBe(folded);
    }),
  );
});
