import { globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

// server/README.md holds the one list of modules; a module imports only from those above it. Lint sees how modules are
// entered (.oxlintrc.json), this sees in which direction. Each test also says that it saw something.

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(ROOT, "server/README.md"), "utf8");
const order = [...readme.matchAll(/^\| ((?:`\w+`(?:, )?)+) +\|/gm)].flatMap(([, names = ""]) =>
  [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
);

type Import = { file: string; from: string; target: string; isType: boolean };

test("the map in server/README.md names the modules that there are", () => {
  const folders = readdirSync(join(ROOT, "server"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(order.toSorted()).toEqual(folders.map((folder) => folder.name).toSorted());
});

test("a module imports only from modules above it", () => {
  const edges = importsOf("server/**/*.ts").filter(({ target }) => target.startsWith("server/"));
  const downward = edges
    .filter(({ isType }) => !isType)
    .map(({ file, target }) => ({ file, target, by: layerOf(file), of: layerOf(target) }))
    .filter(({ by, of }) => order.indexOf(of) > order.indexOf(by));
  expect(downward.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  expect(edges.filter(({ file, target }) => layerOf(file) !== layerOf(target)).length).toBeGreaterThan(150);
});

test("pages and components take only types and schemas from the server", () => {
  const taken = importsOf("{app,components}/**/*.{ts,tsx}").filter(({ target }) => target.startsWith("server/"));
  const code = taken.filter(({ isType, target }) => !isType && !target.endsWith("/schema.ts"));
  expect(code.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  expect(taken.length).toBeGreaterThan(15);
});

test("the server knows nothing of pages, components and tests", () => {
  const out = importsOf("server/**/*.ts").filter(({ target }) => /^(app|components|tests)\//.test(target));
  expect(out.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
});

/** What the files import of this project, tests left out, by the path from the project's folder. */
function importsOf(pattern: string): Import[] {
  const files = globSync(pattern, { cwd: ROOT }).filter((file) => !/\.test\.tsx?$/.test(file));
  return files.flatMap((file) =>
    statementsOf(readFileSync(join(ROOT, file), "utf8")).flatMap(({ from, isType }) => {
      if (from.startsWith("#")) return { file, from, target: from.slice(1), isType };
      if (!from.startsWith(".")) return [];
      return { file, from, target: relative(ROOT, join(ROOT, dirname(file), from)), isType };
    }),
  );
}

function statementsOf(source: string): Array<{ from: string; isType: boolean }> {
  const standing = [...source.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm)];
  const loaded = [...source.matchAll(/\bimport\("([^"]+)"\)/g)];
  return [
    ...standing.map(([, type, from = ""]) => ({ from, isType: type !== undefined })),
    ...loaded.map(([, from = ""]) => ({ from, isType: false })),
  ];
}

/** A router is transport, and so are handlers, whichever module's folder they lie in. */
function layerOf(path: string): string {
  if (path.endsWith("/router.ts")) return "trpc";
  if (path.endsWith("/handlers.ts")) return "worker";
  return path.split("/")[1] ?? "";
}
