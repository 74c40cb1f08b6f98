import { z } from "zod";

import { ProjectContext } from "#server/analysis/schema.ts";

/** A row of the form; `key` is its own on the page and goes no further. */
const Row = z.object({ key: z.number() });

/** What is told about the project as it is typed: names that belong together stand in one line, with commas between them. */
export const ProjectForm = z.object({
  about: z.string(),
  keywords: z.string(),
  glossary: z.array(Row.extend({ term: z.string(), meaning: z.string() })),
  components: z.array(Row.extend({ name: z.string(), aliases: z.string() })),
  people: z.array(
    Row.extend({ name: z.string(), aliases: z.string(), role: z.string(), contributorId: z.string().nullable() }),
  ),
});
export type ProjectForm = z.infer<typeof ProjectForm>;

/** The form for what was told. */
export function formOf(content: ProjectContext): ProjectForm {
  const keyed = <Each extends object>(rows: Each[]) => rows.map((row, key) => ({ ...row, key }));
  const joined = <Each extends { aliases: string[] }>(rows: Each[]) =>
    rows.map((row) => ({ ...row, aliases: row.aliases.join(", ") }));
  return {
    about: content.about,
    keywords: content.keywords.join(", "),
    glossary: keyed(content.glossary),
    components: keyed(joined(content.components)),
    people: keyed(joined(content.people)),
  };
}

/** What the form says, without rows in which nothing stands. */
function contentOf(form: ProjectForm): ProjectContext {
  return {
    about: form.about.trim(),
    keywords: listed(form.keywords),
    glossary: form.glossary
      .map(({ term, meaning }) => ({ term: term.trim(), meaning: meaning.trim() }))
      .filter(({ term, meaning }) => term !== "" || meaning !== ""),
    components: form.components
      .map(({ name, aliases }) => ({ name: name.trim(), aliases: listed(aliases) }))
      .filter(({ name, aliases }) => name !== "" || aliases.length > 0),
    people: form.people
      .map(({ name, aliases, role, contributorId }) => ({
        name: name.trim(),
        aliases: listed(aliases),
        role: role.trim(),
        contributorId,
      }))
      .filter((person) => person.name !== "" || person.aliases.length > 0 || person.role || person.contributorId),
  };
}

const ROOM = { keywords: 100, glossary: 200, components: 100, people: 200 } as const;

/** What the form would save, or the sentences on what has to be put right first. */
export function checkForm(
  form: ProjectForm,
): { isGood: true; content: ProjectContext } | { isGood: false; problems: string[] } {
  const content = contentOf(form);
  const problems = [
    ...content.glossary.flatMap(({ term, meaning }) => {
      if (term === "") return [`The glossary says “${short(meaning)}” of a term without a name.`];
      return meaning === "" ? [`The glossary does not say what “${term}” means.`] : [];
    }),
    ...content.components.flatMap(({ name, aliases }) =>
      name === "" ? [`The component that is also called ${aliases.join(", ")} has no name.`] : [],
    ),
    ...content.people.flatMap(({ name, role, aliases }) =>
      name === "" ? [`A person has no name${role || aliases[0] ? ` (${role || aliases[0]})` : ""}.`] : [],
    ),
    ...Object.entries(ROOM).flatMap(([part, most]) =>
      content[part as keyof typeof ROOM].length > most ? [`There is room for ${most} ${part}.`] : [],
    ),
  ];
  if (problems.length > 0) return { isGood: false, problems };
  const checked = ProjectContext.safeParse(content);
  if (checked.success) return { isGood: true, content: checked.data };
  return { isGood: false, problems: checked.error.issues.map(({ path, message }) => `${placeOf(path)}: ${message}.`) };
}

/** Where something is wrong, in words: "Components, row 2, aliases". */
function placeOf(path: readonly PropertyKey[]): string {
  const words = path.map((step) => (typeof step === "number" ? `row ${step + 1}` : String(step))).join(", ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What the form says, as a text to compare line by line, whether it is good or not. */
export const formInText = (form: ProjectForm) => inText(contentOf(form));

/** What is told, as a text to compare line by line. */
export function inText(content: ProjectContext): string {
  const also = (aliases: string[]) => (aliases.length > 0 ? ` (also ${aliases.join(", ")})` : "");
  const parts: Array<[string, string[]]> = [
    ["About", content.about === "" ? [] : [content.about]],
    ["Keywords", content.keywords],
    ["Glossary", content.glossary.map(({ term, meaning }) => `${term}: ${meaning}`)],
    ["Components", content.components.map(({ name, aliases }) => name + also(aliases))],
    [
      "People",
      content.people.map(
        ({ name, aliases, role, contributorId }) =>
          `${name}${also(aliases)}${role && `, ${role}`}${contributorId === null ? "" : ", linked"}`,
      ),
    ],
  ];
  return parts
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n${lines.join("\n")}\n`)
    .join("\n");
}

/** The key of a row to come. */
export const nextKey = (rows: ReadonlyArray<{ key: number }>) => 1 + Math.max(-1, ...rows.map(({ key }) => key));

/** What stands in one line with commas, semicolons or lines between: each once. */
function listed(line: string): string[] {
  return [
    ...new Set(
      line
        .split(/[,;\n]/)
        .map((each) => each.trim())
        .filter((each) => each !== ""),
    ),
  ];
}

const short = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
