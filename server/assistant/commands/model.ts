import { type PostInput, revise } from "#server/channels/index.ts";
import { escapeText } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { readPersonal, readSetting, setPersonal } from "#server/settings/index.ts";

import { changeSession } from "../conversations.ts";
import type { AssistantDeps } from "../deps.ts";
import type { Press } from "../tap.ts";
import { button } from "../buttons.ts";
import { type Answer, code, label, paragraphs } from "./answer.ts";
import { asOwner, type Caller } from "./caller.ts";
import { closest } from "./closest.ts";

/** More are no menu; they go by their name. */
const MOST_BUTTONS = 24;
const PER_ROW = 2;
/** Names of models are shorter; the rest of what someone typed is not said back to them. */
const MAX_NAME = 100;

type InForce = {
  name: string;
  from: "conversation" | "person" | "space" | "default";
  /** What is chosen at each place; empty for nothing. */
  conversation: string;
  person: string;
};

/** Says which models there are and which is in force, or chooses one for the conversation. */
export const model: Answer = async (deps, ctx, caller, { words: given, signal }) => {
  const { words } = caller;
  const { isModel } = await deps.llm.providerFor(caller.spaceId, "answers");
  if (!isModel) return { text: words("commands.model.rules") };
  const wanted = given.trim().slice(0, MAX_NAME);
  if (wanted === "") return modelPost(deps, ctx, caller, signal);
  const names = await namesOf(deps, ctx, caller, signal);
  const name = names.find((each) => each === wanted) ?? names.find((each) => isSameName(each, wanted));
  if (name === undefined) {
    const near = closest(wanted, names);
    const post = await modelPost(deps, ctx, caller, signal);
    const unknown = words("commands.model.unknown", { name: code(wanted) });
    const hint = near === null ? "" : words("commands.model.closest", { name: code(near) });
    return { ...post, text: paragraphs(`${unknown} ${hint}`.trim(), post.text) };
  }
  await transaction(ctx.db, (tx) => changeSession(tx, ctx, caller, { model: name }));
  const post = await modelPost(deps, ctx, caller, signal);
  return { ...post, text: paragraphs(words("commands.model.set", { name: code(name) }), post.text) };
};

/** Chooses a model for the conversation or for the person, or takes that choice back. */
export const pressModel: Press<"model"> = (deps, ctx, presser, { name, scope }) =>
  asOwner(ctx, presser, async (caller) => {
    const isOffered = name === "" || (await namesOf(deps, ctx, caller, presser.signal)).includes(name);
    if (isOffered) await choose(ctx, caller, { name, scope });
    const { isModel } = await deps.llm.providerFor(caller.spaceId, "answers");
    const content = isModel
      ? await modelPost(deps, ctx, caller, presser.signal)
      : { text: caller.words("commands.model.rules") };
    await revise(deps.channels, ctx, { postId: presser.postId, content }, presser);
    return isOffered ? null : caller.words("commands.model.gone");
  });

async function choose(
  ctx: Ctx,
  caller: Caller,
  { name, scope }: { name: string; scope: "conversation" | "person" },
): Promise<void> {
  if (scope === "person") {
    await setPersonal(ctx, { contributorId: caller.contributorId, key: "model", value: name });
    return;
  }
  await transaction(ctx.db, (tx) => changeSession(tx, ctx, caller, { model: name || null }));
}

async function inForce({ llm }: AssistantDeps, ctx: Ctx, caller: Caller): Promise<InForce> {
  const { spaceId, chatId, contributorId } = caller;
  const [open, personal, space, provider] = await Promise.all([
    ctx.db.prisma.conversation.findFirst({ where: { chatId, contributorId, endedAt: null }, select: { model: true } }),
    readPersonal(ctx.db, contributorId),
    readSetting(ctx.db, spaceId, "assistant.model"),
    llm.providerFor(spaceId, "answers"),
  ]);
  const chosen = { conversation: open?.model ?? "", person: personal.model };
  if (chosen.conversation) return { ...chosen, name: chosen.conversation, from: "conversation" };
  if (chosen.person) return { ...chosen, name: chosen.person, from: "person" };
  const name = provider.model ?? "";
  const isSpaces = space !== "" || provider.providerId !== null || name !== llm.provider.model;
  return { ...chosen, name, from: isSpaces ? "space" : "default" };
}

/** The models that there are to choose from: the environment's, and those of the space's own providers that it has chosen. */
async function namesOf({ llm }: AssistantDeps, ctx: Ctx, { spaceId }: Caller, signal: AbortSignal): Promise<string[]> {
  const [listed, chosen] = await Promise.all([llm.models(signal), llm.providers.forRuns(ctx, { spaceId })]);
  return [...new Set([...listed, ...chosen.map(({ model: name }) => name)])];
}

async function modelPost(deps: AssistantDeps, ctx: Ctx, caller: Caller, signal: AbortSignal): Promise<PostInput> {
  const { words, space } = caller;
  const [names, current] = await Promise.all([namesOf(deps, ctx, caller, signal), inForce(deps, ctx, caller)]);
  const shown = names.slice(0, MOST_BUTTONS);
  const more = names.length - shown.length;
  const buttons = shown.map((name) =>
    button(label(name === current.name ? `✓ ${name}` : name), { do: "model", name, scope: "conversation" }),
  );
  const from = words(`commands.model.from.${current.from}`, { space: escapeText(space.name) });
  return {
    text: paragraphs(
      `${words("commands.model.now", { name: code(current.name) })}, ${from}.`,
      words("commands.model.choose"),
      more > 0 && words("commands.model.more", { count: more }),
    ),
    buttons: [...inRows(buttons), ...choiceButtons(caller, current)],
  };
}

function choiceButtons({ words }: Caller, { conversation, person }: InForce) {
  const rows = [];
  if (conversation) {
    rows.push([
      button(words("commands.model.button.always"), { do: "model", name: conversation, scope: "person" }),
      button(words("commands.model.button.letGo"), { do: "model", name: "", scope: "conversation" }),
    ]);
  }
  if (person) rows.push([button(words("commands.model.button.forget"), { do: "model", name: "", scope: "person" })]);
  return rows;
}

function inRows<T>(items: T[]): T[][] {
  const rows: T[][] = [];
  for (let at = 0; at < items.length; at += PER_ROW) rows.push(items.slice(at, at + PER_ROW));
  return rows;
}

const isSameName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
