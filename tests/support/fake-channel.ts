import type { Channel } from "#prisma/enums.ts";
import type { ChannelPort, Place, SentPost, Shown } from "#server/channels/channel.ts";
import { AppError } from "#server/lib/errors.ts";

/** A post as it stands in a chat. */
export type ShownPost = Shown & {
  id: string;
  replyTo: string | null;
  isQuiet: boolean;
  /** What it said before each edit, oldest first. */
  before: Shown[];
};

/** A chat channel in memory: what was sent, as it stands now. Not the bytes of a file, of which it has none. */
export function fakeChannel(name: Channel = "telegram") {
  const chats = new Map<string, ShownPost[]>();
  const acknowledged: Array<{ tapId: string; words: string | null }> = [];
  const reactions: Array<{ messageExternalId: string; emoji: string | null }> = [];
  /** Chats that do not want us. */
  const closed = new Set<string>();
  let count = 0;

  const keyOf = ({ externalId, threadId }: Pick<Place, "externalId" | "threadId">) => `${externalId}/${threadId}`;
  const postsAt = (place: Place) => {
    if (closed.has(place.externalId)) throw new AppError("forbidden", "The chat does not want us any more.");
    const posts = chats.get(keyOf(place)) ?? [];
    chats.set(keyOf(place), posts);
    return posts;
  };
  const find = (place: Place, { externalId }: SentPost) => {
    const post = postsAt(place).find(({ id }) => id === externalId);
    if (!post) throw new AppError("not_found", "There is no such message any more.");
    return post;
  };

  const port: ChannelPort = {
    name,
    paceMs: () => 0,
    send: async (place, shown, { replyToExternalId: replyTo, isQuiet }) => {
      count += 1;
      const id = `out-${count}`;
      postsAt(place).push({ ...shown, id, replyTo, isQuiet, before: [] });
      return { externalId: id, moreIds: [] };
    },
    edit: async (place, sent, shown) => {
      const post = find(place, sent);
      const { text, buttons, isWorking } = post;
      post.before.push({ text, buttons, isWorking });
      Object.assign(post, shown);
      return sent;
    },
    remove: async (place, sent) => {
      const posts = postsAt(place);
      posts.splice(posts.indexOf(find(place, sent)), 1);
    },
    draft: async () => false,
    react: async (_place, messageExternalId, emoji) => void reactions.push({ messageExternalId, emoji }),
    acknowledge: async (tapId, words) => void acknowledged.push({ tapId, words }),
    download: async () => {
      throw new AppError("not_found", "There are no files here.");
    },
  };
  return {
    port,
    acknowledged,
    reactions,
    /** What stands in a chat, oldest first. */
    in: (chat: { externalId: string; threadId?: string }): readonly ShownPost[] =>
      chats.get(keyOf({ threadId: "", ...chat })) ?? [],
    /** The chat does not want us from now on. */
    close: (chat: { externalId: string }) => void closed.add(chat.externalId),
  };
}

/** The labels of the buttons under a post. */
export const labelsOf = (post: Shown) => post.buttons.flat().map(({ label }) => label);

/** What is sent when the button with this label is pressed. */
export function tokenOf(post: Shown, label: string): string {
  const button = post.buttons.flat().find((each) => each.label === label);
  if (!button || !("token" in button)) {
    throw new Error(`There is no button “${label}” to press, only: ${labelsOf(post).join(", ")}`);
  }
  return button.token;
}
