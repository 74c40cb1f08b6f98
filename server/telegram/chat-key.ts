/** The lane of updates that belong to no chat. */
const NO_CHAT = "-";

/**
 * The lane in which an update is handled: the id of its chat, whatever kind of update it is.
 * Updates of one chat are handled in their order, those of different chats side by side.
 */
export function chatKeyOf(update: object): string {
  for (const part of Object.values(update)) {
    const id = chatIdOf(part) ?? chatIdOf(isObject(part) ? part["message"] : undefined);
    if (id !== undefined) return id;
  }
  return NO_CHAT;
}

function chatIdOf(part: unknown): string | undefined {
  if (!isObject(part) || !isObject(part["chat"])) return undefined;
  const { id } = part["chat"];
  return Number.isSafeInteger(id) ? String(id) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
