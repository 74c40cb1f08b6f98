import { QueryClient } from "@tanstack/react-query";
import { isTRPCClientError } from "@trpc/client";

/** Events make queries stale as things happen; this is the net below, for a browser that hears none. */
const STALE_AFTER_MS = 30_000;

/** A fresh cache: one a browser tab, and one a request on the server. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER_MS,
        retry: (failures, error) => failures < 3 && !isRefusal(error),
      },
      // A decision is never repeated behind a person's back.
      mutations: { retry: false },
    },
  });
}

/** Whether the server answered and said no: asking again would say the same. */
function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500 && status !== 429;
}

/** The HTTP status of a tRPC error, undefined when the server was not reached. */
export function statusOf(error: unknown): number | undefined {
  if (!isTRPCClientError(error)) return undefined;
  const data: unknown = error.data;
  if (typeof data !== "object" || data === null || !("httpStatus" in data)) return undefined;
  return typeof data.httpStatus === "number" ? data.httpStatus : undefined;
}

/** What went wrong, fit for a person: the server's own words, or that it could not be reached. */
export function messageOf(error: unknown): string {
  if (statusOf(error) !== undefined && error instanceof Error) return error.message;
  return "The server could not be reached. Check the connection and try again; nothing was changed.";
}
