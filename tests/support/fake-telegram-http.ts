import type { IncomingMessage, ServerResponse } from "node:http";

/** What a Bot API server answers. */
export type Answer =
  | { ok: true; result: unknown }
  | { ok: false; error_code: number; description: string; parameters?: RefusalParameters };
type RefusalParameters = { retry_after?: number; migrate_to_chat_id?: number };

export const done = (result: unknown = true): Answer => ({ ok: true, result });

export function refusal(status: number, description: string, parameters: RefusalParameters = {}): Answer {
  return {
    ok: false,
    error_code: status,
    description,
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
  };
}

/** What a call says, by JSON or by a form with files. */
export async function readCall(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const type = request.headers["content-type"] ?? "";
  const body = Buffer.concat(chunks);
  if (body.length === 0) return {};
  if (type.startsWith("application/json")) return JSON.parse(body.toString()) as Record<string, unknown>;
  const form = await new Response(body, { headers: { "content-type": type } }).formData();
  return Object.fromEntries(
    [...form].map(([name, value]) => [name, typeof value === "string" ? fieldOf(value) : value]),
  );
}

/** A form has strings only: objects in it are JSON. */
function fieldOf(value: string): unknown {
  if (!/^[{[]/.test(value)) return value;
  return JSON.parse(value) as unknown;
}

export function sendAnswer(response: ServerResponse, answer: Answer): void {
  if (response.headersSent) return;
  response.writeHead(answer.ok ? 200 : answer.error_code, { "content-type": "application/json" });
  response.end(JSON.stringify(answer));
}

export function sendFile(response: ServerResponse, content: Buffer | undefined): void {
  response.writeHead(content ? 200 : 404).end(content);
}
