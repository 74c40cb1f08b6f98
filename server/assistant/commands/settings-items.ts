import { hasRole } from "#server/auth/schema.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import {
  listSettings,
  personalRegistry,
  readPersonal,
  setPersonal,
  setSetting,
  SettingKey,
  type SettingKind,
  settingKind,
  settingsRegistry,
} from "#server/settings/index.ts";

import type { Words } from "../words/index.ts";
import { choiceNames, groupNames, settingNames } from "../words/ru/settings.ts";
import type { Caller } from "./caller.ts";

/** The category of what a person sets for themselves. */
const YOU = "you";
const PERSONAL = ["language", "model", "cards"] as const;
type PersonalKey = (typeof PERSONAL)[number];

/** A setting as the menu shows it to someone, with the value in force for them. */
export type Item = {
  /** `you.language`, or the key of the registry. */
  key: string;
  group: { id: string; name: string };
  label: string;
  about: string;
  kind: SettingKind;
  value: unknown;
  /** Where the value comes from; `by` is who set it for the space. */
  source: { from: "default" | "own" } | { from: "space"; by: string };
};

/** All that a person may change: their own, and the space's where they are an admin of it. */
export async function itemsFor(ctx: Ctx, caller: Caller): Promise<Item[]> {
  const own = await personalItems(ctx, caller);
  return caller.role === "admin" ? [...own, ...(await spaceItems(ctx, caller))] : own;
}

async function personalItems(ctx: Ctx, { contributorId, role, words }: Caller): Promise<Item[]> {
  const personal = await readPersonal(ctx.db, contributorId);
  // Cards are for those who may decide.
  const keys = PERSONAL.filter((key) => key !== "cards" || (role !== null && hasRole(role, "reviewer")));
  return keys.map((key) => ({
    key: `${YOU}.${key}`,
    group: { id: YOU, name: words("settings.you") },
    label: words(`settings.personal.${key}.label`),
    about: words(`settings.personal.${key}.about`),
    kind: settingKind(personalRegistry[key].schema),
    value: personal[key],
    source: { from: personal[key] === personalRegistry[key].default ? "default" : "own" },
  }));
}

async function spaceItems(ctx: Ctx, { spaceId, language }: Caller): Promise<Item[]> {
  const listed = await listSettings(ctx, { spaceId });
  return listed.map(({ key, group, label, description, kind, value, source, changed }) => ({
    key,
    group: { id: group, name: language === "ru" ? groupNames[group] : group },
    ...(language === "ru" ? settingNames[key] : { label, about: description }),
    kind,
    value,
    source: source === "space" ? { from: "space", by: changed?.by ?? "" } : { from: "default" },
  }));
}

/**
 * Gives a setting another value; null goes back to the default. Whether the person may is asked here again.
 * @throws AppError `forbidden`, in their words; `invalid_input` where its schema does not take the value
 */
export async function changeItem(ctx: Ctx, caller: Caller, key: string, value: unknown): Promise<void> {
  const personalKey = personalKeyOf(key);
  if (personalKey) {
    const { contributorId } = caller;
    const wanted = value ?? personalRegistry[personalKey].default;
    await setPersonal(ctx, { contributorId, key: personalKey, value: wanted });
    return;
  }
  if (caller.role !== "admin") throw new AppError("forbidden", caller.words("core.tap.role", { role: "admin" }));
  const known = SettingKey.safeParse(key);
  if (!known.success) throw new AppError("not_found", caller.words("core.tap.gone"));
  await setSetting(ctx, { spaceId: caller.spaceId, key: known.data, value });
}

/** The value that typed words mean, or why they mean none. */
export function readTyped(
  { key, kind }: Item,
  typed: string,
  words: Words,
): { isGood: true; value: unknown } | { isGood: false; why: string } {
  const personalKey = personalKeyOf(key);
  const known = SettingKey.safeParse(key);
  const schema = personalKey ? personalRegistry[personalKey].schema : known.data && settingsRegistry[known.data].schema;
  const checked = schema?.safeParse(kind.type === "number" ? numberIn(typed) : typed.trim());
  return checked?.success ? { isGood: true, value: checked.data } : { isGood: false, why: reason(kind, words) };
}

/** What a setting may be, in the person's language. */
export function reason(kind: SettingKind, words: Words): string {
  switch (kind.type) {
    case "number":
      return words("settings.reason.number", { min: String(kind.min), max: String(kind.max) });
    case "choice":
      return words("settings.reason.choice", { options: kind.options.join(", ") });
    case "toggle":
      return words("settings.reason.toggle");
    case "text":
      return words(`settings.reason.${kind.form}`);
  }
}

/** A value as people read it. */
export function valueName({ key }: Pick<Item, "key">, value: unknown, { words, language }: Caller): string {
  if (typeof value === "boolean") return words(value ? "settings.value.on" : "settings.value.off");
  if (value === "") return words("settings.value.none");
  if (key === `${YOU}.language` && (value === "auto" || value === "en" || value === "ru")) {
    return words(`settings.language.${value}`);
  }
  return (language === "ru" ? choiceNames[String(value)] : undefined) ?? String(value);
}

/** `1 000`, `2,5`: as people write numbers. */
function numberIn(typed: string): number {
  const plain = typed.replaceAll(/[\s_]/g, "").replace(",", ".");
  return /^[+-]?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}

function personalKeyOf(key: string): PersonalKey | null {
  return PERSONAL.find((each) => key === `${YOU}.${each}`) ?? null;
}
