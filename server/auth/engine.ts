import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { magicLink } from "better-auth/plugins";
import { z } from "zod";

import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import type { Log } from "#server/lib/log.ts";

import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from "./schema.ts";

export const AUTH_PATH = "/api/auth";
/** Where server/web writes down who calls, over whatever the caller says. */
export const CLIENT_ADDRESS_HEADER = "x-winnow-client-ip";
/** From sign-in on, whatever happens: a session is not prolonged. */
const SESSION_S = 30 * 24 * 3600;
const SIGN_IN_LINK_S = 15 * 60;

export type Engine = ReturnType<typeof createEngine>;

/** better-auth as this module uses it. Which of its doors are open is decided in auth.ts. */
export function createEngine(options: { db: Db; log: Log; secret: string; baseUrl: string; trustedOrigins: string[] }) {
  const { db, log, secret, baseUrl, trustedOrigins } = options;
  return betterAuth({
    appName: "Winnow",
    baseURL: baseUrl,
    basePath: AUTH_PATH,
    secret,
    trustedOrigins,
    database: prismaAdapter(db.prisma, { provider: "postgresql" }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: MIN_PASSWORD_LENGTH,
      maxPasswordLength: MAX_PASSWORD_LENGTH,
    },
    // No copy of the session in a cookie: a session that is ended is over at once.
    session: { expiresIn: SESSION_S, disableSessionRefresh: true, cookieCache: { enabled: false } },
    plugins: [
      magicLink({
        expiresIn: SIGN_IN_LINK_S,
        storeToken: "hashed",
        disableSignUp: true,
        sendMagicLink: ({ url, metadata }) => Taker.parse(metadata).take(url),
      }),
    ],
    // Its own limit counts requests an address in the memory of one process; ours counts failures (attempts.ts).
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    advanced: {
      cookiePrefix: "winnow",
      useSecureCookies: baseUrl.startsWith("https:"),
      // Not strict: a link to a proposal, in a chat, must find its reader signed in.
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax" },
      database: { generateId: () => newId() },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      // Said aloud, because better-auth switches these off where NODE_ENV is test.
      disableCSRFCheck: false,
      disableOriginCheck: false,
    },
    logger: {
      level: "warn",
      disableColors: true,
      log: (level, message) => log[level]({ detail: message }, "auth.engine"),
    },
  });
}

/**
 * Makes an address that signs in whoever opens it first, within 15 minutes. Only a hash of it is stored.
 * better-auth would send it by e-mail; here it goes back to whoever asked.
 */
export async function makeSignInLink(
  engine: Engine,
  body: { email: string; callbackURL: string; errorCallbackURL: string },
) {
  let made: string | undefined;
  const take = (url: string) => {
    made = url;
  };
  await engine.api.signInMagicLink({ body: { ...body, metadata: { take } }, headers: new Headers() });
  if (!made) throw new Error("better-auth made no sign-in link.");
  return made;
}

const Taker = z.object({ take: z.custom<(url: string) => void>((value) => typeof value === "function") });
