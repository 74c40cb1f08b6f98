import type { PostInput } from "#server/channels/index.ts";
import type { PostButton } from "#server/channels/schema.ts";
import { escapeText } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { button } from "../buttons.ts";
import { type Answer, bullets, label, paragraphs } from "./answer.ts";
import type { Caller } from "./caller.ts";
import { type Item, itemsFor, valueName } from "./settings-items.ts";

/** A place in the menu: all of it, one category, one setting. What is not there any more leads back to the top. */
type At = {
  group?: string | undefined;
  key?: string | undefined;
  /** Whether the next message of the person is the value. */
  isTyping?: boolean;
  /** What is said above: what was changed, or what was wrong. */
  remark?: string;
};

/** The menu of settings, at its top. */
export const settings: Answer = (_deps, ctx, caller) => menuAt(ctx, caller, {});

/** What the menu shows at a place, to a person with the role that they have now. */
export async function menuAt(ctx: Ctx, caller: Caller, at: At): Promise<PostInput> {
  const items = await itemsFor(ctx, caller);
  const item = items.find(({ key }) => key === at.key);
  if (item) return itemPage(item, caller, at);
  const group = items.find(({ group: { id } }) => id === at.group)?.group;
  const remark = at.remark ?? "";
  return group ? groupPage(group, items, caller, remark) : topPage(items, caller, remark);
}

function topPage(items: Item[], { words }: Caller, remark: string): PostInput {
  const groups = [...new Map(items.map(({ group }) => [group.id, group.name]))];
  return {
    text: paragraphs(`**${words("settings.title")}**`, escapeText(remark), words("settings.pick")),
    buttons: [
      ...groups.map(([group, name]) => [button(label(name), { do: "settings.open", group })]),
      [closeButton({ words })],
    ],
  };
}

function groupPage(group: Item["group"], items: Item[], caller: Caller, remark: string): PostInput {
  const inside = items.filter((item) => item.group.id === group.id);
  const lines = inside.map(
    (item) => `${escapeText(item.label)}: **${escapeText(valueName(item, item.value, caller))}**`,
  );
  return {
    text: paragraphs(
      `**${caller.words("settings.title")} › ${escapeText(group.name)}**`,
      escapeText(remark),
      bullets(lines),
    ),
    buttons: [
      ...inside.map((item) => [button(label(item.label), { do: "settings.open", key: item.key })]),
      [button(caller.words("core.button.back"), { do: "settings.open" }), closeButton(caller)],
    ],
  };
}

function itemPage(item: Item, caller: Caller, { isTyping = false, remark = "" }: At): PostInput {
  const { words, isPrivate } = caller;
  const who = item.source.from === "space" ? escapeText(item.source.by) : "";
  const source = words(`settings.source.${item.source.from}`, { who });
  const value = escapeText(valueName(item, item.value, caller));
  return {
    text: paragraphs(
      `**${words("settings.title")} › ${escapeText(item.group.name)} › ${escapeText(item.label)}**`,
      escapeText(item.about),
      words("settings.now", { value, source }),
      escapeText(remark),
      isTyping && words(isPrivate ? "settings.send" : "settings.sendInGroup"),
    ),
    buttons: [
      ...(isTyping ? [] : valueButtons(item, caller)),
      [button(words("core.button.back"), backFrom(item, isTyping)), closeButton(caller)],
    ],
  };
}

function backFrom({ key, group }: Item, isTyping: boolean) {
  return isTyping ? ({ do: "settings.open", key } as const) : ({ do: "settings.open", group: group.id } as const);
}

function valueButtons(item: Item, caller: Caller): PostButton[][] {
  const { words } = caller;
  const { key, kind, value } = item;
  const set = (wanted: unknown) => {
    const name = valueName(item, wanted, caller);
    return button(label(wanted === value ? `✓ ${name}` : name), { do: "settings.set", key, value: wanted });
  };
  const type = button(words("settings.button.type"), { do: "settings.type", key });
  const back = button(words("settings.button.default"), { do: "settings.set", key, value: null });
  const rows = (): PostButton[][] => {
    switch (kind.type) {
      case "toggle":
        return [[set(true), set(false)]];
      case "choice":
        return kind.options.map((option) => [set(option)]);
      case "number":
        return [[type]];
      case "text":
        return [
          [type],
          ...(value === "" ? [] : [[button(words("settings.button.none"), { do: "settings.set", key, value: "" })]]),
        ];
    }
  };
  return [...rows(), ...(item.source.from === "default" ? [] : [[back]])];
}

const closeButton = ({ words }: Pick<Caller, "words">) => button(words("core.button.close"), { do: "settings.close" });
