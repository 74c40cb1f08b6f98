import type { Outputs } from "#components/trpc/client.tsx";

export type Message = Outputs["messages"]["list"]["items"][number];

/** What a message is when it is not plain text, in a word. Kinds that we do not know keep Telegram's name. */
export function kindInWords(kind: string): string | null {
  if (kind === "text") return null;
  const known: Record<string, string> = {
    photo: "Photo",
    video: "Video",
    video_note: "Video message",
    voice: "Voice message",
    audio: "Audio",
    document: "File",
    animation: "GIF",
    sticker: "Sticker",
    poll: "Poll",
    contact: "Contact",
    location: "Location",
    venue: "Place",
    service: "Service notice",
    unknown: "Something Winnow cannot read",
  };
  return known[kind] ?? kind.replaceAll("_", " ");
}

const TOGETHER_MS = 5 * 60_000;

/** Whether a message goes on where the one before stopped, so that its author need not be named again. */
export function continues(message: Message, before: Message | undefined): boolean {
  return (
    before !== undefined &&
    before.chatId === message.chatId &&
    before.authorName === message.authorName &&
    message.forwardedFrom === null &&
    message.replyTo === null &&
    message.sentAt.getTime() - before.sentAt.getTime() < TOGETHER_MS
  );
}
