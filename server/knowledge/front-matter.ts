import {
  Document,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type ScalarTag,
  type SchemaOptions,
  YAMLSeq,
} from "yaml";

/** Words that older readers of YAML take for something else than text: written in quotes. */
const READ_AS_BOOLEAN: ScalarTag = {
  tag: "tag:yaml.org,2002:bool",
  default: true,
  test: /^(?:y|yes|n|no|on|off)$/i,
  resolve: (text) => text,
};
/** Looking for keys that stand twice takes time with the square of their number; the first one counts. */
const LENIENT = { logLevel: "silent", uniqueKeys: false } as const;
/** No note needs more; a file with more is read as having none. */
const MAX_FRONT_MATTER_CHARACTERS = 64 * 1024;
const OPTIONS: SchemaOptions = { compat: [READ_AS_BOOLEAN, "intTime", "floatTime"] };
const FENCED = /^\uFEFF?---[^\S\n]*\r?\n(?:([\s\S]*?)\r?\n)??---[^\S\n]*(?:\r?\n|$)/;

/** A value that the front matter holds. `null` and `undefined` take the key out. */
export type FrontValue = string | null | undefined | FrontValue[] | { [key: string]: FrontValue };

/** The front matter and what stands below it. `yaml` is null where there is none. */
export function splitNote(markdown: string): { yaml: string | null; body: string } {
  const match = FENCED.exec(markdown);
  if (!match) return { yaml: null, body: markdown.replace(/^\uFEFF/, "") };
  return { yaml: match[1] ?? "", body: markdown.slice(match[0].length) };
}

/** The front matter as plain data; empty where it cannot be read. */
export function readFrontMatter(yaml: string | null): Record<string, unknown> {
  if (yaml === null) return {};
  try {
    const data = plainData(parseDocument(yaml.slice(0, MAX_FRONT_MATTER_CHARACTERS + 1), LENIENT), yaml);
    return typeof data === "object" && data !== null && !Array.isArray(data) ? { ...data } : {};
  } catch {
    // A file that a person wrote may hold anything, also aliases without end; it is then read as having no front matter.
    return {};
  }
}

/** A document to write values into: the existing front matter with its order and comments, or a new one. Null where it cannot be read. */
export function openFrontMatter(yaml: string | null): Document | null {
  if (yaml === null || yaml.trim() === "") return new Document({}, OPTIONS);
  const document = parseDocument(yaml.slice(0, MAX_FRONT_MATTER_CHARACTERS + 1), { ...OPTIONS, ...LENIENT });
  try {
    return plainData(document, yaml) !== null && isMap(document.contents) ? document : null;
  } catch {
    // An alias of something that is not there, or of what it stands in itself.
    return null;
  }
}

/** A document as data that is a tree; null where it has errors or is too large. @throws for aliases that make no tree */
function plainData(document: Document, yaml: string): unknown {
  if (document.errors.length > 0 || yaml.length > MAX_FRONT_MATTER_CHARACTERS) return null;
  return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 50 })));
}

/** Sets a key, changing as little of the text as possible: an equal value is not touched, a changed one keeps its comment. */
export function setValue(document: Document, key: string, value: FrontValue): void {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) {
    document.delete(key);
    return;
  }
  const existing = document.get(key, true);
  if (JSON.stringify(plain(existing)) === JSON.stringify(withoutEmpty(value))) return;
  if (typeof value === "string" && isScalar(existing)) existing.value = value;
  else if (isMap(existing) && !Array.isArray(value) && typeof value === "object") {
    for (const [name, each] of Object.entries(withoutEmpty(value))) existing.set(name, each);
  } else document.set(key, createNode(document, value));
}

/**
 * Brings a list of maps to the wanted entries: those that are there keep their place, comments and unknown keys.
 * @param isSame whether an entry of the file is this wanted one
 * @param isOurs whether an entry that is not wanted any more may be taken out
 */
export function setEntries<Entry extends { [key: string]: FrontValue }>(
  document: Document,
  key: string,
  wanted: readonly Entry[],
  {
    isSame,
    isOurs,
  }: {
    isSame: (found: Record<string, unknown>, entry: Entry) => boolean;
    isOurs: (found: Record<string, unknown>) => boolean;
  },
): void {
  const existing = document.get(key, true);
  const list = isSeq(existing) ? existing : new YAMLSeq();
  const missing = new Set(wanted);
  list.items = list.items.filter((item) => {
    const found = isMap(item) ? asRecord(plain(item)) : {};
    const entry = [...missing].find((each) => isSame(found, each));
    if (!entry) return !isOurs(found);
    missing.delete(entry);
    if (isMap(item)) {
      for (const [name, value] of Object.entries(entry)) {
        if (value !== null && value !== undefined && found[name] !== value) item.set(name, value);
      }
    }
    return true;
  });
  for (const entry of missing) list.items.push(createNode(document, entry));
  if (list.items.length === 0) document.delete(key);
  else if (list !== existing) document.set(key, list);
}

/** The whole file. */
export function joinNote(document: Document, body: string): string {
  const yaml = document.toString({ lineWidth: 0 }).trimEnd();
  return `---\n${yaml}\n---\n\n${body.trim()}\n`;
}

/** The whole file with another front matter: what stands below it is not touched. */
export function replaceFrontMatter(document: Document, body: string): string {
  return `---\n${document.toString({ lineWidth: 0 }).trimEnd()}\n---\n${body}`;
}

/** Any value of the front matter as plain data. */
function plain(node: unknown): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map(plain);
  if (isMap(node))
    return Object.fromEntries(node.items.map((pair: Pair) => [String(plain(pair.key)), plain(pair.value)]));
  return node;
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** Small things stand on one line. */
function createNode(document: Document, value: FrontValue) {
  const node = document.createNode(withoutEmpty(value));
  if (isMap(node)) node.flow = true;
  if (isSeq(node)) node.flow = node.items.every(isScalar);
  return node;
}

function withoutEmpty<Value extends FrontValue>(value: Value): Value | Record<string, FrontValue> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null && each !== undefined));
}
