import { createHmac, timingSafeEqual } from "node:crypto";

import type { Env } from "#server/lib/env.ts";
import { readText } from "#server/lib/http.ts";
import type { ArrivedUpdate, Receiver } from "#server/messages/index.ts";

import { chatKeyOf } from "./chat-key.ts";
import { isObject } from "./fields.ts";

const MAX_BYTES = 1_048_576;
const SECRET_HEADER = "x-telegram-bot-api-secret-token";

/** What Telegram must send along to be believed: TELEGRAM_WEBHOOK_SECRET, or one derived from the installation's secret. */
export function webhookSecret(env: Pick<Env, "TELEGRAM_WEBHOOK_SECRET">, authSecret: string): string {
  return (
    env.TELEGRAM_WEBHOOK_SECRET ?? createHmac("sha256", authSecret).update("winnow telegram webhook").digest("hex")
  );
}

/**
 * `POST /api/telegram/webhook`: 200 once the update is stored for good, or was before.
 * 401 without the secret, 413 over 1 MiB, 400 for what is no update, 503 when it could not be stored (Telegram tries again).
 */
export function createWebhook(deps: { receiver: Receiver; secret: string }): (request: Request) => Promise<Response> {
  const isFromTelegram = sameAs(deps.secret);
  return async (request) => {
    const given = request.headers.get(SECRET_HEADER);
    if (given === null || !isFromTelegram(given)) {
      return refuse(401, "The secret token is missing or wrong.");
    }
    if (Number(request.headers.get("content-length")) > MAX_BYTES) return refuse(413, "An update has at most 1 MiB.");
    const payload = await readText(request, MAX_BYTES);
    if (payload === null) return refuse(413, "An update has at most 1 MiB.");
    const update = parseUpdate(payload);
    if (!update) return refuse(400, "The body is not a JSON object with a whole number as update_id.");
    try {
      await deps.receiver.receive(update);
    } catch (error) {
      if (error instanceof Error && error.name === "AppError") return refuse(503, error.message);
      throw error;
    }
    return new Response(null, { status: 200 });
  };
}

/** @returns null for what is not an update */
export function parseUpdate(payload: string): ArrivedUpdate | null {
  let update: unknown;
  try {
    update = JSON.parse(payload);
  } catch {
    return null;
  }
  if (!isObject(update)) return null;
  const { update_id: updateId } = update;
  if (typeof updateId !== "number" || !Number.isSafeInteger(updateId)) return null;
  return { updateId, chatKey: chatKeyOf(update), payload };
}

/** Compares with a secret in a time that tells nothing of it but, at most, its length. */
function sameAs(secret: string): (given: string) => boolean {
  const expected = Buffer.from(secret);
  return (given) => {
    const bytes = Buffer.from(given);
    const isLengthRight = bytes.length === expected.length;
    return timingSafeEqual(isLengthRight ? bytes : expected, expected) && isLengthRight;
  };
}

const refuse = (status: number, error: string) => Response.json({ error }, { status });
