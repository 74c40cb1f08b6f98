import type { ReactionTypeEmoji } from "grammy/types";

type Emoji = ReactionTypeEmoji["emoji"];

/** What Telegram lets be put on messages, and nothing else; without the selector that asks for colour. */
const REACTIONS =
  "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡".split(
    " ",
  ) as Emoji[];

/** The reaction that an emoji is; undefined where Telegram has none such. */
export function reactionOf(emoji: string): ReactionTypeEmoji | undefined {
  const plain = emoji.replaceAll("\uFE0F", "");
  const known = REACTIONS.find((one) => one === plain);
  return known === undefined ? undefined : { type: "emoji", emoji: known };
}
