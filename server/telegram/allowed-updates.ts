/** What we ask Telegram to send, named one by one: its default leaves out reactions. */
export const ALLOWED_UPDATES = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "callback_query",
  "my_chat_member",
  "message_reaction",
  "stopped_message_generation",
] as const;
