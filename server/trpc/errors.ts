import { TRPCError } from "@trpc/server";
import { z } from "zod";

import { AppError, type AppErrorCode, invalidInput } from "#server/lib/errors.ts";

const TRPC_CODE = {
  invalid_input: "BAD_REQUEST",
  unauthenticated: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  not_found: "NOT_FOUND",
  conflict: "CONFLICT",
  rate_limited: "TOO_MANY_REQUESTS",
  over_budget: "PAYMENT_REQUIRED",
  unavailable: "SERVICE_UNAVAILABLE",
  cancelled: "CLIENT_CLOSED_REQUEST",
} as const satisfies Record<AppErrorCode, TRPCError["code"]>;

/** What is wrong in a way that the caller can act on: an AppError, or an input that its schema refuses. */
export function expectedError(error: TRPCError): AppError | undefined {
  if (error.cause instanceof AppError) return error.cause;
  // Only the input of the call itself: data of ours that a schema refuses is a bug.
  if (error.code === "BAD_REQUEST" && error.cause instanceof z.ZodError) return invalidInput(error.cause);
  return undefined;
}

/** What we expect gets its code and its words; anything else stays what it is, which is an internal error. */
export function toTrpcError(error: TRPCError): TRPCError {
  const expected = expectedError(error);
  return expected ? asTrpcError(expected) : error;
}

/** An AppError as tRPC answers it. */
export function asTrpcError(error: AppError): TRPCError {
  return new TRPCError({ code: TRPC_CODE[error.code], message: error.message, cause: error });
}

/** What the caller is told: the words of what we expect; of a bug only how to find it in the log. */
export function answerFor(error: TRPCError, requestId: string | undefined): string {
  const expected = expectedError(error);
  if (expected) return expected.message;
  if (error.code === "NOT_FOUND" || error.code === "METHOD_NOT_SUPPORTED") return "There is no such call.";
  if (CALLERS_FAULT.has(error.code)) return "The call is not in the form that it has.";
  return `Something went wrong. Its id is ${requestId ?? "unknown"}.`;
}

const CALLERS_FAULT: ReadonlySet<TRPCError["code"]> = new Set([
  "BAD_REQUEST",
  "PARSE_ERROR",
  "UNSUPPORTED_MEDIA_TYPE",
  "PAYLOAD_TOO_LARGE",
]);
