import { frames } from "./protocol.ts";

/** How many sockets are written to before requests get their turn: about 6 ms of the event loop. */
const SOCKETS_PER_TURN = 500;

/** One that hears channels. */
export type Subscriber = { socketId: string; send: (frame: Buffer) => void };

export type Channels = {
  subscribe: (channel: string, subscriber: Subscriber) => void;
  unsubscribe: (channel: string, subscriber: Subscriber) => void;
  /**
   * Sends an event to everyone who hears one of the channels. Broadcasts never overtake each other,
   * so that events reach every socket in the order in which they were given.
   * @param data already JSON
   */
  broadcast: (message: { channels: string[]; name: string; data: string; exceptSocketId?: string | undefined }) => void;
  /** The channels that someone hears. */
  occupied: () => string[];
  subscriptionCount: (channel: string) => number;
};

type Delivery = {
  frame: Buffer;
  channel: Set<Subscriber>;
  to: Subscriber[];
  next: number;
  exceptSocketId?: string | undefined;
};

/** Who hears what, in this process. */
export function createChannels(): Channels {
  const channels = new Map<string, Set<Subscriber>>();
  const waiting: Delivery[] = [];
  let isDelivering = false;

  const deliver = () => {
    isDelivering = true;
    let left = SOCKETS_PER_TURN;
    for (let delivery = waiting[0]; delivery; delivery = waiting[0]) {
      const { frame, channel, to, exceptSocketId } = delivery;
      for (; delivery.next < to.length; delivery.next += 1) {
        if (left === 0) {
          setImmediate(deliver);
          return;
        }
        left -= 1;
        const subscriber = to[delivery.next]!;
        // It may have left since the broadcast began.
        if (channel.has(subscriber) && subscriber.socketId !== exceptSocketId) subscriber.send(frame);
      }
      waiting.shift();
    }
    isDelivering = false;
  };

  return {
    subscribe: (name, subscriber) => {
      const channel = channels.get(name) ?? new Set();
      channels.set(name, channel.add(subscriber));
    },
    unsubscribe: (name, subscriber) => {
      const channel = channels.get(name);
      channel?.delete(subscriber);
      if (channel?.size === 0) channels.delete(name);
    },
    broadcast: ({ channels: names, name, data, exceptSocketId }) => {
      for (const channelName of names) {
        const channel = channels.get(channelName);
        if (!channel) continue;
        const frame = Buffer.from(frames.message(channelName, name, data));
        waiting.push({ frame, channel, to: [...channel], next: 0, exceptSocketId });
      }
      if (!isDelivering) deliver();
    },
    occupied: () => [...channels.keys()],
    subscriptionCount: (name) => channels.get(name)?.size ?? 0,
  };
}
