import type { ProjectContext } from "../schema.ts";

/** Someone who could be meant: an author of one of the messages, or who else is known here. */
export type Person = { contributorId: string | null; name: string; username: string | null };

/** Finds who is meant by a name as written: "@nora", "Nora", "Nora Field", "Нору". Null where nobody or more than one fits. */
export type People = { find: (written: string) => Person | null };

/**
 * @param authors of the messages at hand; bots are nobody's colleagues and are left out by the caller
 * @param told what the team calls its people: by those names they are found too
 */
export function peopleOf(authors: Person[], told: ProjectContext["people"] = []): People {
  const known = new Map<string, Person>();
  for (const author of authors) known.set(author.contributorId ?? author.name, author);
  const byName = new Map<string, Person | "several">();
  const byUsername = new Map<string, Person>();
  const learn = (word: string, person: Person) => {
    const key = fold(word);
    if (key.length >= 2) byName.set(key, byName.has(key) && byName.get(key) !== person ? "several" : person);
  };
  const learnNames = (name: string, person: Person) => {
    learn(name, person);
    const [first = ""] = name.split(/\s+/u);
    if (fold(first) !== fold(name)) learn(first, person);
    if (/\p{Script=Cyrillic}/u.test(first)) for (const form of inflected(first)) learn(form, person);
  };
  for (const person of known.values()) {
    learnNames(person.name, person);
    if (person.username) byUsername.set(fold(person.username), person);
  }
  const find = (written: string): Person | null => {
    const key = fold(written.replace(/['’]s$/u, ""));
    if (written.startsWith("@")) return byUsername.get(key) ?? null;
    const named = byName.get(key) ?? byUsername.get(key);
    return named === "several" ? null : (named ?? null);
  };
  for (const { name, aliases, contributorId } of told) {
    const person = (contributorId === null ? find(name) : known.get(contributorId)) ?? {
      contributorId,
      name,
      username: null,
    };
    for (const each of [name, ...aliases]) learnNames(each, person);
  }
  return { find };
}

/** The name as it is compared: "Алёна" and "алена" are one. */
export function fold(word: string): string {
  return word.trim().replace(/^@/u, "").normalize("NFKC").toLowerCase().replaceAll("ё", "е");
}

/** The cases of a Russian first name: Нора, Нору, Норе; Иван, Ивана, Ивану. */
function inflected(name: string): string[] {
  const stem = name.replace(/[аяйь]$/iu, "");
  const endings = /[ая]$/iu.test(name) ? ["у", "ю", "е", "ы", "и", "ой", "ей"] : ["а", "у", "ю", "я", "ом", "ем", "е"];
  return stem.length < 2 ? [] : endings.map((ending) => stem + ending);
}
