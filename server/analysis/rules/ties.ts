import type { FoundProposal } from "../extraction/prompt.ts";
import { type Item, wordsOf } from "./items.ts";
import { blockedBy } from "./titles.ts";

type Tie = NonNullable<FoundProposal["links"]>[number];

/** So many messages after a fault may speak of it without naming it in a reply. */
const REACH = 8;

/**
 * What an item says of those before it: a cure or a task solves the fault that it speaks of, a promise in reply continues what it
 * answers. Only what is plain: a reply, or words in common.
 * @param labelOf what the proposal of an item is called; undefined where it is not proposed
 */
export function tiesOf(item: Item, items: readonly Item[], labelOf: ReadonlyMap<Item, string>): Tie[] {
  const before = items.filter((other) => other !== item && other.root.at <= item.root.at && labelOf.has(other));
  const fault = before.findLast((other) => isTrouble(other) && isAbout(item, other));
  // "That blocks the refund": until what it points to is mended.
  if (item.type === "blocker" && blockedBy(item.root.sentence.plain) !== null) {
    const cause = before.findLast((other) => isTrouble(other) && isJustBefore(other, item));
    return cause ? [tie("depends_on", cause, labelOf)] : [];
  }
  const parent = before.findLast((other) => other.type === "task" && answers(item, other));
  if (fault && (item.type === "solution" || isRemedy(item))) return [tie("solves", fault, labelOf)];
  return parent && item.type === "task" ? [tie("continues", parent, labelOf)] : [];
}

function tie(relation: Tie["relation"], to: Item, labelOf: ReadonlyMap<Item, string>): Tie {
  return { relation, to: labelOf.get(to) ?? "" };
}

function isTrouble({ type }: Item): boolean {
  return type === "problem" || type === "blocker" || type === "risk" || type === "pattern";
}

function isJustBefore(other: Item, item: Item): boolean {
  return answers(item, other) || (item.root.message.replyTo === null && item.root.at - other.root.at <= 1);
}

/** A task against a fault mends, replaces or looks into something. */
function isRemedy({ type, root }: Item): boolean {
  return type === "task" && (root.language === "ru" ? RUSSIAN_REMEDY : REMEDY).test(root.reading.action);
}

function isAbout(item: Item, fault: Item): boolean {
  if (answers(item, fault)) return true;
  if (item.root.at - fault.root.at > REACH) return false;
  const told = wordsOf(fault.said.map(({ sentence }) => sentence.plain).join(" "));
  return wordsOf(item.said.map(({ sentence }) => sentence.plain).join(" ")).intersection(told).size > 0;
}

function answers({ root }: Item, other: Item): boolean {
  return root.message.replyTo !== null && other.said.some(({ message }) => message.label === root.message.replyTo);
}

const REMEDY =
  /^(?:also |just )?(?:fix|repair|replace|swap|restart|reboot|reset|restore|roll ?back|revert|patch|debug|investigate|look into|check|clean|reinstall|reconnect|renew|upgrade|update|rent|order|buy|remove|solve|resolve|call)(?!\p{L})/iu;
const RUSSIAN_REMEDY =
  /^(?:починить|исправить|поправить|заменить|поменять|перезапустить|проверить|посмотреть|глянуть|разобраться|обновить|переустановить|настроить|вернуть|заказать|решить|продлить|позвонить)(?!\p{L})/iu;
