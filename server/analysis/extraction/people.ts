/** Someone who could be meant: an author of one of the messages. */
export type Person = { contributorId: string | null; name: string; username: string | null };

/** Finds who is meant by a name as written: "@nora", "Nora", "Nora Field", "Нору". Null where nobody or more than one fits. */
export type People = { find: (written: string) => Person | null };

/** @param authors of the messages at hand; bots are nobody's colleagues and are left out by the caller */
export function peopleOf(authors: Person[]): People {
  const known = new Map<string, Person>();
  for (const author of authors) known.set(author.contributorId ?? author.name, author);
  const byName = new Map<string, Person | "several">();
  const byUsername = new Map<string, Person>();
  const learn = (word: string, person: Person) => {
    const key = fold(word);
    if (key.length >= 2) byName.set(key, byName.has(key) && byName.get(key) !== person ? "several" : person);
  };
  for (const person of known.values()) {
    learn(person.name, person);
    const [first = ""] = person.name.split(/\s+/u);
    if (fold(first) !== fold(person.name)) learn(first, person);
    if (/\p{Script=Cyrillic}/u.test(first)) for (const form of inflected(first)) learn(form, person);
    if (person.username) byUsername.set(fold(person.username), person);
  }

  return {
    find: (written) => {
      const key = fold(written.replace(/'s$/u, ""));
      if (written.startsWith("@")) return byUsername.get(key) ?? null;
      const named = byName.get(key) ?? byUsername.get(key);
      return named === "several" ? null : (named ?? null);
    },
  };
}

function fold(word: string): string {
  return word.trim().replace(/^@/u, "").normalize("NFKC").toLowerCase().replaceAll("ё", "е");
}

/** The cases of a Russian first name: Нора, Нору, Норе; Иван, Ивана, Ивану. */
function inflected(name: string): string[] {
  const stem = name.replace(/[аяйь]$/iu, "");
  const endings = /[ая]$/iu.test(name) ? ["у", "ю", "е", "ы", "и", "ой", "ей"] : ["а", "у", "ю", "я", "ом", "ем", "е"];
  return stem.length < 2 ? [] : endings.map((ending) => stem + ending);
}
