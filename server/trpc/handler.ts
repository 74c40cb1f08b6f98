import { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";

import { type Auth, checkOrigin } from "#server/auth/index.ts";
import { AppError, refusal } from "#server/lib/errors.ts";
import { readText } from "#server/lib/http.ts";
import { newId } from "#server/lib/ids.ts";

import type { TrpcContext } from "./base.ts";
import { asTrpcError } from "./errors.ts";
import { appRouter } from "./root.ts";

/** As many as the browser puts into one request, see components/trpc/client.tsx. */
const MAX_CALLS = 20;
const MAX_BODY_BYTES = 1024 * 1024;
/** The one call that brings files: five of them, in base64. */
const CALL_WITH_FILES = /\/chat\.send$/;
const MAX_BODY_WITH_FILES_BYTES = 140 * 1024 * 1024;

/**
 * The door to all procedures, for /api/trpc. A change is taken only as JSON and only from our own pages: a page of another
 * site can send neither.
 */
export function createTrpcHandler(
  deps: Omit<TrpcContext, "findViewer" | "requestId"> & Pick<Auth, "viewerOf" | "trustedOrigins">,
): (request: Request) => Promise<Response> {
  const { viewerOf, trustedOrigins, ...shared } = deps;
  return async (request) => {
    const mostBytes = CALL_WITH_FILES.test(new URL(request.url).pathname) ? MAX_BODY_WITH_FILES_BYTES : MAX_BODY_BYTES;
    const body = request.method === "POST" ? await readText(request, mostBytes) : undefined;
    if (body === null) return refusal(new AppError("invalid_input", "This is more than one call can carry."));
    const { url, method, headers, signal } = request;
    const requestId = headers.get("x-request-id") ?? newId();
    let viewer: ReturnType<typeof viewerOf> | undefined;
    const findViewer = () => (viewer ??= viewerOf(headers));
    return fetchRequestHandler({
      endpoint: "/api/trpc",
      req: new Request(url, { method, headers, signal, ...(body === undefined ? {} : { body }) }),
      router: appRouter,
      maxBatchSize: MAX_CALLS,
      createContext: async () => {
        if (method === "POST") checkOurs(request, trustedOrigins);
        return { ...shared, findViewer, requestId };
      },
      responseMeta: () => ({ headers: new Headers({ "cache-control": "no-store", "x-request-id": requestId }) }),
    });
  };
}

function checkOurs(request: Request, trustedOrigins: readonly string[]): void {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE", message: "The body must be application/json." });
  }
  try {
    checkOrigin(request, trustedOrigins);
  } catch (error) {
    throw error instanceof AppError ? asTrpcError(error) : error;
  }
}
