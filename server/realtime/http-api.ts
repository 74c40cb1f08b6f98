import type { IncomingMessage, ServerResponse } from "node:http";

import { z } from "zod";

import { dropRest, readBody, targetOf } from "#server/lib/http.ts";
import type { Log } from "#server/lib/log.ts";

import type { Channels } from "./channels.ts";
import { parseChannel } from "./schema.ts";
import type { RealtimeSettings } from "./settings.ts";
import { apiRequestProblem } from "./signature.ts";

/** The limit of hosted Pusher, so that a later switch to it does not start to fail. */
const MAX_DATA_BYTES = 10_240;
const MAX_BATCH = 10;
/** Ten events of 10 KB, each escaped once more as JSON in a string, and their names. */
const MAX_BODY_BYTES = 256 * 1024;

const ChannelName = z.string().refine((name) => parseChannel(name) !== null, {
  message: "Channels here are private-space-<id>-<topic>",
});
const OneEvent = z.object({
  name: z.string().min(1).max(200),
  data: z.string(),
  channel: ChannelName.optional(),
  channels: z.array(ChannelName).min(1).max(100).optional(),
  socket_id: z.string().optional(),
});
const Batch = z.object({ batch: z.array(OneEvent).max(MAX_BATCH, `A batch may have ${MAX_BATCH} events`) });
type OneEvent = z.infer<typeof OneEvent>;

type Answer = { status: number; body: object };

/**
 * Pusher's HTTP API as the `pusher` library calls it: POST events and batch_events, GET channels and channels/<name>.
 * It reads the raw body itself, because the signature covers its bytes.
 * @returns a handler that answers false for any path outside `/apps/`
 */
export function createHttpApi(options: {
  settings: Pick<RealtimeSettings, "appId" | "key" | "secret">;
  log: Log;
  channels: Channels;
}): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { settings, log, channels } = options;

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const target = targetOf(request);
    const query = new URLSearchParams(target.query);
    const [, , appId, resource, name, ...more] = target.path.split("/");
    if (appId !== settings.appId) return failure(404, "There is no such app");
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === null) return failure(413, `A body may have ${MAX_BODY_BYTES} bytes`);
    const method = request.method ?? "GET";
    const problem = apiRequestProblem(settings, { method, path: target.path, query, body, now: new Date() });
    if (problem) return failure(401, problem);
    const call = more.length > 0 ? "" : `${method} ${resource}${name === undefined ? "" : "/<name>"}`;
    switch (call) {
      case "POST events": {
        const event = OneEvent.safeParse(parsedJson(body));
        return event.success ? publish([event.data]) : failure(400, inWords(event.error));
      }
      case "POST batch_events": {
        const events = Batch.safeParse(parsedJson(body));
        return events.success ? publish(events.data.batch) : failure(400, inWords(events.error));
      }
      case "GET channels":
        return list(query);
      case "GET channels/<name>":
        return describe(name ?? "");
      default:
        return failure(404, "There is no such resource");
    }
  };

  const publish = (events: OneEvent[]): Answer => {
    const messages = events.map(({ name, data, channel, channels: several, socket_id: exceptSocketId }) => ({
      channels: several ?? (channel === undefined ? [] : [channel]),
      name,
      data,
      exceptSocketId,
    }));
    if (messages.some((message) => message.channels.length === 0)) return failure(400, "No channel was given");
    if (messages.some((message) => Buffer.byteLength(message.data) > MAX_DATA_BYTES)) {
      return failure(413, `The data of an event may have ${MAX_DATA_BYTES} bytes`);
    }
    for (const message of messages) channels.broadcast(message);
    return { status: 200, body: {} };
  };

  const list = (query: URLSearchParams): Answer => {
    if (query.get("info")?.includes("user_count")) return failure(400, "user_count is for presence channels");
    const prefix = query.get("filter_by_prefix") ?? "";
    const names = channels.occupied().filter((name) => name.startsWith(prefix));
    return { status: 200, body: { channels: Object.fromEntries(names.map((name) => [name, {}])) } };
  };

  const describe = (name: string): Answer => {
    const count = channels.subscriptionCount(name);
    return { status: 200, body: { occupied: count > 0, subscription_count: count } };
  };

  return (request, response) => {
    if (!targetOf(request).path.startsWith("/apps/")) return false;
    answer(request).then(
      ({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
        dropRest(request);
      },
      (error: unknown) => {
        log.warn({ error }, "realtime.api lost a caller");
        response.destroy();
      },
    );
    return true;
  };
}

function inWords(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
}

function failure(status: number, error: string): Answer {
  return { status, body: { error } };
}

function parsedJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
