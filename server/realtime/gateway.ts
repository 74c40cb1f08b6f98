import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import { WebSocketServer } from "ws";

import { clientAddress, isLoopback, targetOf } from "#server/lib/http.ts";
import type { Log } from "#server/lib/log.ts";

import { createChannels } from "./channels.ts";
import { type Connection, type Liveness, LIVENESS, refuse, startConnection } from "./connection.ts";
import { createHttpApi } from "./http-api.ts";
import { CloseCode } from "./protocol.ts";
import type { RealtimeSettings } from "./settings.ts";

/** A frame of a browser holds a channel and a signature. */
const MAX_FRAME_BYTES = 16 * 1024;
const PROTOCOL = "7";

/** A close handshake with a peer that is gone never ends by itself. */
const CLOSE_TIMEOUT_MS = 2_000;
const SOCKET_OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_FRAME_BYTES,
  closeTimeout: CLOSE_TIMEOUT_MS,
};

export type GatewayLimits = { connections: number; connectionsPerAddress: number };
const LIMITS: GatewayLimits = { connections: 10_000, connectionsPerAddress: 500 };

/** The built-in Pusher server. It knows the sockets of its own process only. */
export type Gateway = {
  /** Takes an upgrade of `/app/<key>`. @returns false for any other path: then the socket is still the caller's */
  handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  /** Takes a request of Pusher's HTTP API. @returns false for any path outside `/apps/` */
  handleHttp: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Sends `data` as JSON to everyone who hears one of the channels, in the order of the calls. */
  publish: (channels: string[], name: string, data: unknown) => void;
  connectionCount: () => number;
  /** Tells every browser to come back in a second (4100). Close the listener first, or they come back here. */
  close: () => Promise<void>;
};

/**
 * Makes the gateway; it serves as soon as requests are handed to it.
 * @param allowedOrigins whose pages may connect besides the host that was asked for. A request without an Origin is no
 *   browser's and passes: the signature of each channel is what protects it
 */
export function createGateway(options: {
  settings: Pick<RealtimeSettings, "appId" | "key" | "secret">;
  log: Log;
  allowedOrigins: readonly string[];
  limits?: Partial<GatewayLimits>;
  liveness?: Liveness;
}): Gateway {
  const { settings, log, allowedOrigins } = options;
  const limits = { ...LIMITS, ...options.limits };
  const liveness = options.liveness ?? LIVENESS;
  const server = new WebSocketServer(SOCKET_OPTIONS);
  const channels = createChannels();
  const connections = new Set<Connection>();
  const perAddress = new Map<string, number>();
  let isClosing = false;
  let onEmpty = () => {};

  /** Why this request gets no connection, as a close code and words. */
  const refusal = (request: IncomingMessage, address: string | null): [number, string] | null => {
    if (isClosing) return [CloseCode.overCapacity, "The server is restarting"];
    const { path, query } = targetOf(request);
    if (path !== `/app/${settings.key}`) return [CloseCode.unknownApp, "There is no app with this key"];
    const protocol = new URLSearchParams(query).get("protocol");
    if (protocol === null) return [CloseCode.noProtocol, "No protocol version was given"];
    if (protocol !== PROTOCOL) return [CloseCode.unsupportedProtocol, `Only protocol ${PROTOCOL} is spoken here`];
    if (!isAllowedOrigin(request, allowedOrigins)) {
      return [
        CloseCode.foreignOrigin,
        "Pages of this origin may not connect: set APP_URL to where people reach Winnow",
      ];
    }
    const isFull = connections.size >= limits.connections;
    const hasTooMany = address !== null && (perAddress.get(address) ?? 0) >= limits.connectionsPerAddress;
    return isFull || hasTooMany ? [CloseCode.overCapacity, "Too many connections"] : null;
  };

  const sweeper = setInterval(
    () => {
      const nowMs = Date.now();
      for (const connection of connections) connection.sweep(nowMs);
    },
    Math.min(1000, liveness.activityTimeoutMs / 2),
  );
  sweeper.unref();

  return {
    handleUpgrade: (request, socket, head) => {
      if (!targetOf(request).path.startsWith("/app/")) return false;
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const address = addressOf(request);
        const refused = refusal(request, address);
        if (refused) {
          webSocket.on("error", () => {});
          refuse(webSocket, ...refused);
          return;
        }
        if (address !== null) perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
        const connection = startConnection({
          socket: webSocket,
          credentials: settings,
          channels,
          liveness,
          onEnd: () => {
            connections.delete(connection);
            const left = address === null ? 0 : (perAddress.get(address) ?? 1) - 1;
            if (address !== null && left > 0) perAddress.set(address, left);
            else if (address !== null) perAddress.delete(address);
            if (connections.size === 0) onEmpty();
          },
        });
        connections.add(connection);
      });
      return true;
    },
    handleHttp: createHttpApi({ settings, log, channels }),
    publish: (names, name, data) => channels.broadcast({ channels: names, name, data: JSON.stringify(data) }),
    connectionCount: () => connections.size,
    close: async () => {
      isClosing = true;
      clearInterval(sweeper);
      if (connections.size === 0) return;
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
      for (const connection of connections) connection.close(CloseCode.overCapacity, "The server is restarting");
      await empty;
    },
  };
}

function isAllowedOrigin(request: IncomingMessage, allowedOrigins: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || allowedOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** For the limit per address. Null for this machine itself, which stands for everyone when its proxy names nobody. */
function addressOf(request: IncomingMessage): string | null {
  const address = clientAddress(request);
  return isLoopback(address) ? null : address;
}
