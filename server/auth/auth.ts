import { z } from "zod";

import { type Clock, systemClock } from "#server/lib/clock.ts";
import type { Db } from "#server/lib/db.ts";
import { AppError, invalidInput, refusal } from "#server/lib/errors.ts";
import { readText } from "#server/lib/http.ts";
import { type Log, unit } from "#server/lib/log.ts";

import { type Attempts, createAttempts } from "./attempts.ts";
import { AUTH_PATH, CLIENT_ADDRESS_HEADER, createEngine, type Engine, makeSignInLink } from "./engine.ts";
import { checkOrigin, originsOf } from "./origin.ts";
import { SetUpInput, type Viewer } from "./schema.ts";
import { setUpFirstAdmin } from "./set-up.ts";

export type Auth = {
  /**
   * The doors of sign-in and set-up: what it does not name answers 404, whatever better-auth could do.
   * Refusals are `{ code, message }`, the message fit for a person. Throws what is a bug.
   */
  handler: (request: Request) => Promise<Response>;
  /** Who sends these headers, by their session's cookie; null for nobody, and for a session that has ended. */
  viewerOf: (headers: Headers) => Promise<Viewer | null>;
  /**
   * An address that signs in, within 15 minutes, whoever opens it first, and leads to `path`.
   * @throws AppError `not_found` when nobody has that e-mail address
   */
  createSignInLink: (input: { email: string; path?: string }) => Promise<string>;
  /** Origins whose pages may act for whoever is signed in; the first is where people reach Winnow. */
  trustedOrigins: string[];
};

const MAX_BODY_BYTES = 16 * 1024;

type Door = { unit: string; answer: (request: Request) => Promise<Response> };

/**
 * Sign-in by e-mail and password and by one-time links, and the set-up of the first admin. Nobody can sign up by themselves.
 * @param options.secret signs session cookies
 * @param options.baseUrl where people reach Winnow; cookies are Secure when it is https
 * @param options.trustedOrigins other origins that are us as well, such as this machine by name behind a proxy
 */
export function createAuth(options: {
  db: Db;
  log: Log;
  secret: string;
  baseUrl: string;
  trustedOrigins?: readonly string[];
  now?: Clock;
}): Auth {
  const { db, log, secret, baseUrl, now = systemClock } = options;
  const trustedOrigins = [...new Set([...originsOf(baseUrl), ...(options.trustedOrigins ?? [])])];
  const engine = createEngine({ db, log, secret, baseUrl, trustedOrigins });
  const attempts = createAttempts(db);

  const pass = (request: Request) => engine.handler(request);
  const doors = new Map<string, Door>([
    [`POST ${AUTH_PATH}/sign-in/email`, { unit: "sign-in", answer: (request) => signIn(engine, attempts, request) }],
    [`POST ${AUTH_PATH}/sign-out`, { unit: "sign-out", answer: pass }],
    [`GET ${AUTH_PATH}/get-session`, { unit: "get-session", answer: pass }],
    [`GET ${AUTH_PATH}/magic-link/verify`, { unit: "sign-in-link", answer: pass }],
    ["POST /api/setup", { unit: "set-up", answer: (request) => setUp(engine, { db, now }, request) }],
  ]);

  return {
    trustedOrigins,

    handler: async (request) => {
      const door = doors.get(`${request.method} ${new URL(request.url).pathname}`);
      if (!door) return refusal(new AppError("not_found", "There is nothing at this address."));
      try {
        const requestId = request.headers.get("x-request-id");
        return await unit(log, `auth.${door.unit}`, { requestId }, async () => {
          if (request.method === "POST") checkOrigin(request, trustedOrigins);
          return door.answer(request);
        });
      } catch (error) {
        if (error instanceof AppError) return refusal(error);
        throw error;
      }
    },

    viewerOf: async (headers) => {
      const cookie = headers.get("cookie");
      if (cookie === null) return null;
      const found = await engine.api.getSession({ headers: new Headers({ cookie }) });
      return found && { userId: found.user.id, name: found.user.name, email: found.user.email };
    },

    createSignInLink: async ({ email: given, path = "/" }) => {
      const email = given.trim().toLowerCase();
      const user = await db.prisma.user.findUnique({ where: { email }, select: { id: true } });
      if (!user) throw new AppError("not_found", `Nobody here has the e-mail address ${email}.`);
      return makeSignInLink(engine, { email, callbackURL: path, errorCallbackURL: "/sign-in" });
    },
  };
}

const Credentials = z.object({ email: z.string().max(320), password: z.string() });

async function signIn(engine: Engine, attempts: Attempts, request: Request): Promise<Response> {
  const body = await readJson(request);
  const given = Credentials.safeParse(body);
  if (!given.success) throw invalidInput(given.error);
  const attempt = { email: given.data.email, address: addressOf(request) };
  await attempts.begin(attempt);
  const { url, method, headers } = request;
  const response = await engine.handler(new Request(url, { method, headers, body: JSON.stringify(given.data) }));
  if (response.status === 401) {
    throw new AppError("unauthenticated", "The e-mail address or the password is wrong.");
  }
  if (response.ok) await attempts.succeeded(attempt);
  return response;
}

async function setUp(engine: Engine, ctx: { db: Db; now: Clock }, request: Request): Promise<Response> {
  const parsed = SetUpInput.safeParse(await readJson(request));
  if (!parsed.success) throw invalidInput(parsed.error);
  const { spaceSlug } = await setUpFirstAdmin(ctx, parsed.data);
  const { email, password } = parsed.data;
  const signedIn = await engine.api.signInEmail({
    body: { email, password },
    headers: request.headers,
    asResponse: true,
  });
  const headers = new Headers({ "cache-control": "no-store" });
  for (const cookie of signedIn.headers.getSetCookie()) headers.append("set-cookie", cookie);
  return Response.json({ spaceSlug }, { headers });
}

/** @throws AppError `invalid_input` for anything but a JSON object of reasonable size, which no form of another site can send */
async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new AppError("invalid_input", "The body must be application/json.");
  const text = await readText(request, MAX_BODY_BYTES);
  if (text === null) throw new AppError("invalid_input", "The body is too large.");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError("invalid_input", "The body is not JSON.", { cause: error });
  }
}

const addressOf = (request: Request) => request.headers.get(CLIENT_ADDRESS_HEADER) ?? "unknown";
