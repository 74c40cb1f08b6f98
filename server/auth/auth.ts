import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { magicLink } from "better-auth/plugins";

import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import type { Viewer } from "./schema.ts";

const SESSION_S = 60 * 60 * 24 * 14;
const LINK_S = 60 * 15;

/** The doors of better-auth that are open: everything else of it answers 404. */
const OPEN_PATHS = ["/sign-in/email", "/sign-out", "/get-session", "/magic-link/verify"];

export type Auth = ReturnType<typeof createAuth>;

/**
 * Sign-in by e-mail and password, and by one-time links. Nobody can sign up by themselves: the first admin comes with a
 * token (`setUpFirstAdmin`), everyone else by invitation.
 * @param baseUrl where people reach Winnow; cookies are Secure when it is https
 */
export function createAuth(options: {
  db: Pick<Db, "prisma">;
  secret: string;
  baseUrl: string;
  trustedOrigins?: string[];
}) {
  /** Links asked for by this process, until they are handed over. better-auth would mail them. */
  const madeLinks = new Map<string, string>();
  const betterAuthServer = betterAuth({
    appName: "Winnow",
    secret: options.secret,
    baseURL: options.baseUrl,
    basePath: "/api/auth",
    trustedOrigins: [new URL(options.baseUrl).origin, ...(options.trustedOrigins ?? [])],
    database: prismaAdapter(options.db.prisma, { provider: "postgresql" }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10, maxPasswordLength: 128 },
    session: { expiresIn: SESSION_S },
    plugins: [
      magicLink({
        disableSignUp: true,
        expiresIn: LINK_S,
        storeToken: "hashed",
        sendMagicLink: ({ email, url }) => void madeLinks.set(email, url),
      }),
    ],
    advanced: {
      cookiePrefix: "winnow",
      useSecureCookies: options.baseUrl.startsWith("https:"),
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax" },
      database: { generateId: () => newId() },
      ipAddress: { ipAddressHeaders: ["x-winnow-client-ip"] },
    },
    telemetry: { enabled: false },
    logger: { disabled: true },
  });

  return {
    betterAuth: betterAuthServer,

    /** The route handler for `/api/auth/*`. */
    handler: async (request: Request): Promise<Response> => {
      const path = new URL(request.url).pathname.slice("/api/auth".length);
      if (!OPEN_PATHS.includes(path)) return Response.json({ message: "There is no such door." }, { status: 404 });
      return betterAuthServer.handler(request);
    },

    /** Who sends these headers, by their session cookie. */
    viewerOf: async (headers: Headers): Promise<Viewer | null> => {
      const session = await betterAuthServer.api.getSession({ headers });
      return session && { userId: session.user.id, name: session.user.name, email: session.user.email };
    },

    /** A link that signs a user in once, within 15 minutes, and leads to `path`. */
    createSignInLink: async ({ email, path = "/" }: { email: string; path?: string }): Promise<string> => {
      await betterAuthServer.api.signInMagicLink({ body: { email, callbackURL: path }, headers: new Headers() });
      const url = madeLinks.get(email);
      madeLinks.delete(email);
      if (!url) throw new Error("better-auth made no sign-in link.");
      return url;
    },
  };
}
