import { z } from "zod";

/** What a fake model was asked in a chat completion. */
export type ModelRequest = {
  model: string;
  system: string;
  /** The prompt: what was first said by the user. */
  user: string;
  /** The chat messages in the prompt, in order, as the model would read them. */
  messages: { label: string; text: string }[];
  /** All that was said, in order, the system's words included. */
  said: Said[];
  /** The tools that it may call. */
  tools: { name: string; description: string; parameters: Record<string, unknown>; strict: boolean }[];
  /** The name of the json_schema asked for, and the schema. */
  schema: { name: string; schema: Record<string, unknown> } | null;
  isStream: boolean;
  /** Whether a stream is to tell how many tokens it took. */
  isCounted: boolean;
  authorization: string | null;
};

/** One message of the conversation. `callId`: which call a tool's words answer. */
export type Said = {
  role: string;
  content: string;
  calls: { id: string; name: string; arguments: string }[];
  callId: string | null;
};

/** What a fake model was to find the meaning of. */
export type EmbeddingRequest = { model: string; texts: string[]; isBase64: boolean };

/** What a fake model was to listen to. */
export type TranscriptionRequest = { model: string; name: string; mime: string; bytes: Buffer };

const Asked = z.object({
  model: z.string(),
  stream: z.boolean().optional(),
  stream_options: z.object({ include_usage: z.boolean() }).optional(),
  messages: z.array(
    z.object({
      role: z.string(),
      content: z.string().nullish(),
      tool_call_id: z.string().optional(),
      tool_calls: z
        .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
        .optional(),
    }),
  ),
  tools: z
    .array(
      z.object({
        function: z.object({
          name: z.string(),
          description: z.string().default(""),
          parameters: z.record(z.string(), z.unknown()),
          strict: z.boolean().default(false),
        }),
      }),
    )
    .optional(),
  response_format: z
    .object({ json_schema: z.object({ name: z.string(), schema: z.record(z.string(), z.unknown()) }) })
    .optional(),
});

export function readModelRequest(body: unknown, authorization: string | null): ModelRequest {
  const asked = Asked.parse(body);
  const said = asked.messages.map((message) => ({
    role: message.role,
    content: message.content ?? "",
    calls: (message.tool_calls ?? []).map((call) => ({ id: call.id, ...call.function })),
    callId: message.tool_call_id ?? null,
  }));
  const first = (role: string) => said.find((message) => message.role === role)?.content ?? "";
  const user = first("user");
  return {
    model: asked.model,
    system: first("system"),
    user,
    messages: [...user.matchAll(/<message id="(\w+)"[^>]*>(.*?)<\/message>/gsu)].map((match) => ({
      label: match[1] ?? "",
      text: match[2] ?? "",
    })),
    said,
    tools: (asked.tools ?? []).map((tool) => tool.function),
    schema: asked.response_format?.json_schema ?? null,
    isStream: asked.stream ?? false,
    isCounted: asked.stream_options?.include_usage ?? false,
    authorization,
  };
}

const ToEmbed = z.object({
  model: z.string(),
  input: z.union([z.string().transform((text) => [text]), z.array(z.string())]),
  encoding_format: z.string().optional(),
});

export function readEmbeddingRequest(body: unknown): EmbeddingRequest {
  const { model, input, encoding_format: format } = ToEmbed.parse(body);
  return { model, texts: input, isBase64: format === "base64" };
}

export async function readTranscriptionRequest(body: Buffer, contentType: string): Promise<TranscriptionRequest> {
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
  const file = form.get("file");
  const model = form.get("model");
  if (!(file instanceof File) || typeof model !== "string") throw new TypeError("There is no file or no model.");
  return { model, name: file.name, mime: file.type, bytes: Buffer.from(await file.arrayBuffer()) };
}
