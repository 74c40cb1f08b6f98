import { randomUUID } from "node:crypto";

import { fetchRequestHandler } from "@trpc/server/adapters/fetch";

import type { Viewer } from "#server/auth/schema.ts";

import type { TrpcContext } from "./base.ts";
import { appRouter } from "./root.ts";

/**
 * The door to all procedures, as a route handler. A change is taken only as JSON and only from our own pages:
 * a form on someone else's page can send neither the content type nor our origin.
 */
export function createTrpcHandler(
  deps: Omit<TrpcContext, "viewer" | "requestId"> & {
    viewerOf: (headers: Headers) => Promise<Viewer | null>;
    trustedOrigins: string[];
  },
): (request: Request) => Promise<Response> {
  const { viewerOf, trustedOrigins, ...shared } = deps;
  return async (request) => {
    if (request.method === "POST" && !isOurs(request, trustedOrigins)) {
      return Response.json({ error: "This request does not come from Winnow's own pages." }, { status: 403 });
    }
    return fetchRequestHandler({
      endpoint: "/api/trpc",
      req: request,
      router: appRouter,
      createContext: async () => ({
        ...shared,
        viewer: await viewerOf(request.headers),
        requestId: request.headers.get("x-request-id") ?? randomUUID(),
      }),
    });
  };
}

function isOurs(request: Request, trustedOrigins: string[]): boolean {
  if (!request.headers.get("content-type")?.startsWith("application/json")) return false;
  const origin = request.headers.get("origin");
  // No Origin: not a browser's cross-site request, which always carries one on a POST.
  return origin === null || trustedOrigins.includes(origin) || origin === `http://${request.headers.get("host")}`;
}
