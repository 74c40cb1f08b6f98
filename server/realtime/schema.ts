import { z } from "zod";

import { EventTopic } from "#server/events/schema.ts";

/** The name of every message on our channels; its data is an `EventNotice`. */
export const NOTICE_EVENT = "notice";

/** Where a browser asks whether it may hear a channel. */
const AUTH_ENDPOINT = "/api/realtime/auth";

/** What pusher-js posts to the auth door. The socket id's form matters: a `:` in it could make a signature for something else. */
export const ChannelAuthInput = z.object({
  socket_id: z.string().regex(/^\d{1,20}\.\d{1,20}$/),
  channel_name: z.string().max(200),
});

/** What a browser needs to know to connect; nothing of it is secret. */
export type ClientRealtimeOptions = {
  key: string;
  cluster: string;
  /** Null: the host that the page itself came from (the built-in gateway) or hosted Pusher's own. */
  host: string | null;
  port: number | null;
  /** Null: as the page itself. */
  useTls: boolean | null;
  /** Whether the gateway is part of this server. */
  isEmbedded: boolean;
};

const CHANNEL = new RegExp(
  `^private-space-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})-(${EventTopic.options.join("|")})$`,
);

/** Takes a channel's name apart; null when it is none of ours. */
export function parseChannel(name: string): { spaceId: string; topic: EventTopic } | null {
  const [, spaceId, topic] = CHANNEL.exec(name) ?? [];
  return spaceId && topic ? { spaceId, topic: EventTopic.parse(topic) } : null;
}

/**
 * The options of `new Pusher(client.key, …)` of pusher-js.
 * @param page where the page came from: `window.location`
 */
export function pusherOptions(
  client: ClientRealtimeOptions,
  page: { hostname: string; port: string; protocol: string },
) {
  const useTls = client.useTls ?? page.protocol === "https:";
  const port = client.port ?? (page.port === "" ? (useTls ? 443 : 80) : Number(page.port));
  const host = client.host ?? (client.isEmbedded ? page.hostname : null);
  return {
    cluster: client.cluster,
    ...(host === null ? {} : { wsHost: host, wsPort: port, wssPort: port }),
    forceTLS: useTls,
    // Without this pusher-js falls back to SockJS at pusher.com.
    enabledTransports: ["ws" as const, "wss" as const],
    channelAuthorization: { endpoint: AUTH_ENDPOINT, transport: "ajax" as const },
  };
}
