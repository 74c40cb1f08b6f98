import { createHmac } from "node:crypto";

import type { Env } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";

import type { ClientRealtimeOptions } from "./schema.ts";

type Credentials = {
  /** Decimal digits: `Pusher.forURL` makes a number of it. */
  appId: string;
  key: string;
  secret: string;
};

/** Which Pusher server the browsers listen to, and how we prove to it who we are. */
export type RealtimeSettings =
  | (Credentials & { mode: "embedded" })
  | (Credentials & {
      mode: "external";
      cluster: string | null;
      host: string | null;
      port: number | null;
      useTls: boolean;
    });

/**
 * Reads which Pusher server to use: the built-in gateway unless PUSHER_HOST or PUSHER_CLUSTER is set.
 * The gateway's credentials are derived, so that every process with the same secret agrees on them.
 * @throws AppError `invalid_input` when another server is named without its credentials
 */
export function realtimeSettings(env: Env, secret: string): RealtimeSettings {
  if (!env.PUSHER_HOST && !env.PUSHER_CLUSTER) {
    const derive = (what: string) => createHmac("sha256", secret).update(`winnow realtime ${what}`).digest();
    return {
      mode: "embedded",
      appId: String(derive("app id").readUIntBE(0, 4) + 1),
      key: derive("key").toString("hex").slice(0, 20),
      secret: derive("secret").toString("hex"),
    };
  }
  const { PUSHER_APP_ID: appId, PUSHER_KEY: key, PUSHER_SECRET: appSecret } = env;
  if (!appId || !key || !appSecret) {
    throw new AppError(
      "invalid_input",
      "PUSHER_HOST or PUSHER_CLUSTER names a Pusher server, but PUSHER_APP_ID, PUSHER_KEY and PUSHER_SECRET are not all set: set them, or none of these for the built-in gateway.",
    );
  }
  return {
    mode: "external",
    appId,
    key,
    secret: appSecret,
    cluster: env.PUSHER_CLUSTER ?? null,
    host: env.PUSHER_HOST ?? null,
    port: env.PUSHER_PORT ?? null,
    useTls: env.PUSHER_USE_TLS,
  };
}

/** What a browser needs to listen, as a part of `shell.bySlug`. */
export function clientRealtimeOptions(settings: RealtimeSettings): ClientRealtimeOptions {
  // pusher-js insists on a cluster even when a host is named; the name is then never used.
  if (settings.mode === "embedded") {
    return { key: settings.key, cluster: "local", host: null, port: null, useTls: null, isEmbedded: true };
  }
  return {
    key: settings.key,
    cluster: settings.cluster ?? "local",
    host: settings.host,
    port: settings.host === null ? null : (settings.port ?? (settings.useTls ? 443 : 80)),
    useTls: settings.useTls,
    isEmbedded: false,
  };
}
