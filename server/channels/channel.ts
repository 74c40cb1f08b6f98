import type { Channel } from "#prisma/enums.ts";

import type { PostButton } from "./schema.ts";

/** A chat as its channel knows it. */
export type Place = {
  /** The channel's id of the chat. */
  externalId: string;
  /** The topic inside it, or ''. */
  threadId: string;
  /** private, group, supergroup, channel. */
  kind: string;
};

/** A button as it is shown: an address, or a token that comes back when it is pressed. */
export type ShownButton = Pick<PostButton, "label" | "style"> & ({ url: string } | { token: string });

/** What is to be shown of a post. `text` is Markdown. */
export type Shown = { text: string; buttons: ShownButton[][]; isWorking: boolean };

/** The channel's own ids of a post: of its message, and of those that carry the rest of a long text. */
export type SentPost = { externalId: string; moreIds: string[] };

/**
 * What every chat channel does. An implementation waits when the channel asks it to be slower, and tries again what may pass.
 * Every call throws AppError: `forbidden` where the chat does not want us any more (blocked, thrown out, gone), `not_found` where
 * the message to change is not there any more, `unavailable` where the channel did not answer, `cancelled` when the signal aborts.
 */
export type ChannelPort = {
  name: Channel;
  /** The least time between two changes of one post, in milliseconds. */
  paceMs: (place: Place) => number;
  send: (
    place: Place,
    shown: Shown,
    options: { replyToExternalId: string | null; isQuiet: boolean; signal: AbortSignal },
  ) => Promise<SentPost>;
  /** Puts other content in the place of a post's. The same content again is no error. */
  edit: (place: Place, post: SentPost, shown: Shown, options: { signal: AbortSignal }) => Promise<SentPost>;
  remove: (place: Place, post: SentPost, options: { signal: AbortSignal }) => Promise<void>;
  /**
   * Shows text that is still being written, without a message of its own; the message follows with `send`.
   * False: this chat or its client cannot show it, and the post has to be edited instead.
   */
  draft: (place: Place, draftId: number, text: string, options: { signal: AbortSignal }) => Promise<boolean>;
  /** A sign on someone's message; null takes ours away. */
  react: (
    place: Place,
    messageExternalId: string,
    emoji: string | null,
    options: { signal: AbortSignal },
  ) => Promise<void>;
  /** Answers a tap on a button: a short word that passes, or nothing. */
  acknowledge: (tapId: string, words: string | null, options: { signal: AbortSignal }) => Promise<void>;
  /** The bytes of a file of a message. @throws AppError `invalid_input` where it is larger than `maxBytes` or than the channel gives out */
  download: (fileExternalId: string, options: { maxBytes: number; signal: AbortSignal }) => Promise<Buffer>;
};

export type Channels = Partial<Record<Channel, ChannelPort>>;
