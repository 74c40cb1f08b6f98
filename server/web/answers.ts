import { AppError, refusal } from "#server/lib/errors.ts";
import type { Log } from "#server/lib/log.ts";

/** Where the server puts the number of a request, for the log and for whoever is told of a failure. */
export const REQUEST_ID_HEADER = "x-request-id";

/**
 * Makes a route handler of one that throws: an AppError becomes its status and words, anything else a 500 that says only
 * how to find it in the log.
 */
export function answering(
  log: Log,
  handler: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      if (error instanceof AppError) return refusal(error);
      const requestId = request.headers.get(REQUEST_ID_HEADER);
      log.error({ error, requestId }, "http.request failed");
      return Response.json(brokenAnswer(requestId), { status: 500 });
    }
  };
}

/** What someone is told when it was our fault. */
export function brokenAnswer(requestId: string | null): { code: string; message: string } {
  return { code: "broken", message: `Something went wrong. Its id is ${requestId ?? "unknown"}.` };
}
