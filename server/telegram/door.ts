import type { PairingSubject } from "#prisma/enums.ts";
import {
  askToBePaired,
  decider,
  type Door,
  type DoorLine,
  isToken,
  letIn,
  movePairing,
  sayAtDoor,
  sayWelcome,
  useLink,
} from "#server/channels/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import type { Author, IncomingChat } from "#server/messages/index.ts";

import { storable } from "./fields.ts";
import type { ReadUpdate } from "./incoming.ts";

/** What became of an update, in words; and whether its payload and its chat may be kept. */
export type Outcome = { words: string; isKept: boolean };

/** Of someone who may not be heard nothing is kept, not even who they are. */
export const UNHEARD: Outcome = { words: "ignored: from someone who may not be heard", isKept: false };

/** Who comes, and to which door. */
type Visit = {
  spaceId: string;
  update: ReadUpdate;
  door: Door;
  /** Makes it known whom the bot has spoken to already. */
  secret: string;
  /** Whether they may be heard as they come. */
  isHeard: boolean;
  /** Whether they are on the list of those who need no pairing. */
  isListed: boolean;
};

const CHANNEL = "telegram";
const LONGEST_NAME = 200;

/**
 * What happens at the door, before anyone is heard: links are opened, chats that the bot comes to are let in or asked about,
 * and whoever may not be heard learns how to get in.
 * @returns what became of the update; null where it goes on to be heard
 */
export async function meetAtDoor(tx: Tx, ctx: Ctx, visit: Visit): Promise<Outcome | null> {
  const { update, isHeard } = visit;
  if (update.type === "migrated")
    await movePairing(tx, { channel: CHANNEL, from: update.fromChatId, to: update.toChatId });
  const opened = await openLink(tx, ctx, visit);
  if (opened) return opened;
  if (asksForGroup(visit)) {
    await takeGroup(tx, ctx, visit);
    return { words: "ignored: about letting this group in", isKept: false };
  }
  if (isHeard) return null;
  await turnAway(tx, ctx, visit);
  return UNHEARD;
}

/** A message with a start command and a token: a link that someone opened. */
async function openLink(tx: Tx, ctx: Ctx, visit: Visit): Promise<Outcome | null> {
  const { spaceId, update, door } = visit;
  const { chat, author } = update;
  if (update.type !== "message" || update.isEdit || !chat || update.spoken.command?.name !== "start") return null;
  const token = update.spoken.command.words;
  if (!isToken(token)) return null;
  const subject = subjectOf(chat);
  const who = subject === "chat" ? partyOf(chat) : author && !author.isBot ? personOf(author) : null;
  const isOpened = who !== null && (await useLink(tx, ctx, { spaceId, channel: CHANNEL, subject, token, ...who }));
  if (!isOpened) {
    await say(tx, ctx, visit, "stale");
    return { words: "ignored: a link that is not good any more", isKept: false };
  }
  (subject === "chat" ? door.chats : door.people).add(who.externalId);
  await sayWelcome(tx, { channel: CHANNEL, place: placeOf(chat), subject });
  return { words: "let in by a link", isKept: false };
}

/** The bot was added to a group that is not let in, or someone who may be heard asks for theirs. */
function asksForGroup({ update, door, isHeard }: Visit): boolean {
  if (!update.chat || subjectOf(update.chat) !== "chat" || update.chat.kind === "channel") return false;
  if (door.isOpen || update.chatIds.some((id) => door.chats.has(id))) return false;
  if (update.type === "member") return update.isAdded;
  return isHeard && update.type === "message" && !update.isEdit && update.spoken.command?.name === "pair";
}

/** Lets a group in where someone asks who may decide that; else asks an admin, or says how to. */
async function takeGroup(tx: Tx, ctx: Ctx, visit: Visit): Promise<void> {
  const { spaceId, update, door, isListed, isHeard } = visit;
  const { chat, author } = update;
  if (!chat) return;
  const group = { spaceId, channel: CHANNEL, subject: "chat", ...partyOf(chat) } as const;
  const linked = author && (await decider(tx, { spaceId, channel: CHANNEL, externalId: author.externalId }));
  const listed = { type: "system" as const, name: author?.displayName ?? "Winnow" };
  const by = isHeard && linked ? linked : isListed ? listed : null;
  if (by) {
    await letIn(tx, ctx, { ...group, by });
    door.chats.add(chat.externalId);
    await sayWelcome(tx, { channel: CHANNEL, place: placeOf(chat), subject: "chat" });
    return;
  }
  if (!isHeard) return say(tx, ctx, visit, "group");
  const asked = await askToBePaired(tx, ctx, group);
  await say(tx, ctx, visit, asked === "asked" || asked === "approved" ? "askedForGroup" : asked);
}

/** Whoever speaks to the bot and may not be heard is told how to get in; whoever asks to be let in is kept as one who asks. */
async function turnAway(tx: Tx, ctx: Ctx, visit: Visit): Promise<void> {
  const { spaceId, update } = visit;
  const { chat, author } = update;
  if (update.type !== "message" || update.isEdit || !chat || !author || author.isBot) return;
  if (!update.spoken.isAddressed) return;
  if (subjectOf(chat) === "chat") return say(tx, ctx, visit, "group");
  if (update.spoken.command?.name !== "pair") return say(tx, ctx, visit, "person");
  const asked = await askToBePaired(tx, ctx, { spaceId, channel: CHANNEL, subject: "person", ...personOf(author) });
  await say(tx, ctx, visit, asked === "approved" ? "asked" : asked);
}

async function say(tx: Tx, ctx: Ctx, { update, secret }: Visit, line: DoorLine): Promise<void> {
  const { chat } = update;
  if (!chat) return;
  await sayAtDoor(tx, ctx, { channel: CHANNEL, place: placeOf(chat), line, secret });
}

const placeOf = ({ externalId, threadId, kind }: IncomingChat) => ({ externalId, threadId, kind: storable(kind) });

const subjectOf = (chat: IncomingChat): PairingSubject => (chat.kind === "private" ? "person" : "chat");
const nameFor = (name: string) => storable(name.slice(0, LONGEST_NAME));
const partyOf = ({ externalId, title, username }: IncomingChat) => ({
  externalId,
  displayName: nameFor(title),
  username: username && storable(username),
});
const personOf = ({ externalId, displayName, username }: Author) => ({
  externalId,
  displayName: nameFor(displayName),
  username: username && storable(username),
});
