// The words a demo conversation is written in: each makes one step of the script, most of them an update.

export type Person = { id: number; is_bot: boolean; first_name: string; last_name: string; username: string };
type Topic = { id: number; name: string; madeBy: Person } | null;
type Message = { message_id: number; date: number; text?: string; caption?: string };
type Group = { date: number; topic: Topic; messages: Message[] };
/** What takes so many seconds and then, as a rule, makes an update. */
export type Step = { seconds: number; tell?: (group: Group) => object | undefined };

const CHAT = { id: -1002147700391, title: "Nordlys Ferries", type: "supergroup", is_forum: true };

/**
 * Plays a script and collects what Telegram would have sent a bot that listens.
 * @param until when the last step is over, in seconds since 1970
 */
export function perform(script: Step[], until: number): object[] {
  const length = script.reduce((sum, { seconds }) => sum + seconds, 0);
  const group: Group = { date: until - length, topic: null, messages: [] };
  const updates: object[] = [];
  for (const { seconds, tell } of script) {
    group.date += seconds;
    const told = tell?.(group);
    if (told) updates.push({ update_id: 910_400_001 + updates.length, ...told });
  }
  return updates;
}

export function person(id: number, name: string, username: string): Person {
  const [first_name = "", ...rest] = name.split(" ");
  return { id, is_bot: false, first_name, last_name: rest.join(" "), username };
}

export function pause(minutes: number): Step {
  return { seconds: minutes * 60 };
}

/** From here on people talk in this topic of the forum; null is its general chat. */
export function inside(topic: Topic): Step {
  return {
    seconds: 0,
    tell: (group) => {
      group.topic = topic;
      return undefined;
    },
  };
}

export function say(from: Person, text: string): Step {
  return post(from, words(text), { seconds: typing(text) });
}

/** Answers the newest message with these words in it. */
export function reply(from: Person, to: string, text: string): Step {
  const answer = (group: Group) => ({ reply_to_message: { ...find(group, to), reply_to_message: undefined } });
  return post(from, words(text), { seconds: typing(text), context: answer });
}

/** Passes on what was said elsewhere 35 minutes before. */
export function forward(from: Person, origin: object, text: string): Step {
  return post(from, words(text), { context: ({ date }) => ({ forward_origin: { ...origin, date: date - 35 * 60 } }) });
}

export function photo(from: Person, caption: string): Step {
  return post(from, { ...picture(caption), caption });
}

/** Two photos sent together: one moment, one caption. */
export function album(from: Person, caption: string): Step[] {
  const together = { media_group_id: "13970028841190023" };
  return [
    post(from, { ...picture(caption), caption, ...together }),
    post(from, { ...picture(`${caption} 2`), ...together }, { seconds: 0 }),
  ];
}

/** Puts a text in the place of the newest message with these words in it. */
export function edit(old: string, text: string): Step {
  return {
    seconds: typing(text),
    tell: (group) => {
      const known = find(group, old);
      const edited = { ...known, entities: undefined, ...words(text), edit_date: group.date };
      group.messages[group.messages.indexOf(known)] = edited;
      return { edited_message: edited };
    },
  };
}

type Circumstances = { seconds?: number; context?: (group: Group) => object };

export function post(from: Person, content: object, { seconds = 20, context }: Circumstances = {}): Step {
  return {
    seconds,
    tell: (group) => {
      const message_id = 4201 + group.messages.length;
      const place = { chat: CHAT, ...threadOf(group.topic) };
      const message = { message_id, from, date: group.date, ...place, ...content, ...context?.(group) };
      group.messages.push(message);
      return { message };
    },
  };
}

/** In a topic whatever answers nothing else answers the message that made the topic. */
function threadOf(topic: Topic): object {
  if (!topic) return {};
  const thread = { message_thread_id: topic.id, is_topic_message: true };
  const created = { forum_topic_created: { name: topic.name, icon_color: 0x6fb9f0 } };
  const first = {
    message_id: topic.id,
    from: topic.madeBy,
    chat: CHAT,
    date: 1_758_000_000 + topic.id,
    ...thread,
    ...created,
  };
  return { ...thread, reply_to_message: first };
}

function find({ messages }: Group, part: string): Message {
  const found = messages.findLast(({ text, caption }) => (text ?? caption)?.includes(part));
  if (!found) throw new Error(`Nobody in the demo conversation has said "${part}" yet.`);
  return found;
}

function words(text: string): object {
  const entities = [...text.matchAll(/@\w+/g)].map((match) => {
    return { type: "mention", offset: match.index, length: match[0].length };
  });
  return entities.length > 0 ? { text, entities } : { text };
}

/** How long someone takes to think of a text and type it. */
function typing(text: string): number {
  return 8 + Math.min(60, Math.round(text.length / 3));
}

function picture(name: string): object {
  const sizes = [90, 320, 1280].map((width) => file(`${name} ${width}`, { width, height: width * 0.75 }));
  return { photo: sizes };
}

export function file(name: string, about: object): object {
  const id = Buffer.from(name).toString("base64url");
  return { ...about, file_id: `demo-${id}`, file_unique_id: id, file_size: 20_000 + 97 * name.length };
}
