import { TRPCError } from "@trpc/server";
import { z } from "zod";

import type { AppErrorCode } from "#server/lib/errors.ts";

const TRPC_CODE = {
  invalid_input: "BAD_REQUEST",
  unauthenticated: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  not_found: "NOT_FOUND",
  conflict: "CONFLICT",
  rate_limited: "TOO_MANY_REQUESTS",
  unavailable: "SERVICE_UNAVAILABLE",
  cancelled: "CLIENT_CLOSED_REQUEST",
} as const satisfies Record<AppErrorCode, TRPCError["code"]>;

/** An AppError as tRPC answers it; anything else stays what it is. */
export function toTrpcError(error: TRPCError): TRPCError {
  const { cause } = error;
  if (!isAppError(cause)) return error;
  return new TRPCError({ code: TRPC_CODE[cause.code], message: cause.message, cause });
}

/** What the browser is told: the words of an AppError or of a bad input; of anything else only how to find it in the log. */
export function answerFor(error: TRPCError, requestId: string | undefined): string {
  if (isAppError(error.cause)) return error.cause.message;
  if (error.cause instanceof z.ZodError) {
    return error.cause.issues
      .map((issue) => [issue.path.join("."), issue.message].filter(Boolean).join(": "))
      .join("; ");
  }
  if (error.code === "NOT_FOUND" || error.code === "METHOD_NOT_SUPPORTED") return "There is no such call.";
  if (error.code === "UNSUPPORTED_MEDIA_TYPE" || error.code === "PARSE_ERROR")
    return "The call is not in the form that it has.";
  return `Something went wrong in Winnow. Nothing more was changed. Its number in the log is ${requestId ?? "unknown"}.`;
}

function isAppError(error: unknown): error is Error & { code: AppErrorCode } {
  return error instanceof Error && error.name === "AppError" && "code" in error;
}
