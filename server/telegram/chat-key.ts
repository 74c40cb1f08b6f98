import { fieldsOf, type Fields, idOf } from "./fields.ts";

/** The lane of updates that belong to no chat. */
const NO_CHAT = "-";

/**
 * The lane in which an update is handled: the id of its chat, whatever kind of update it is.
 * Updates of one chat are handled in their order, those of different chats side by side.
 */
export function chatKeyOf(update: Fields): string {
  for (const content of Object.values(update)) {
    const fields = fieldsOf(content);
    const id = chatIdOf(fields) ?? chatIdOf(fieldsOf(fields["message"]));
    if (id !== undefined) return id;
  }
  return NO_CHAT;
}

const chatIdOf = (fields: Fields) => idOf(fieldsOf(fields["chat"])["id"]);
