import type { Api } from "grammy";

import { AppError } from "#server/lib/errors.ts";

import { signalOf } from "./poll.ts";

type Given = {
  api: Api;
  token: string;
  apiRoot: string;
  fileId: string;
  maxBytes: number;
  deadlineMs: number;
  signal: AbortSignal;
};

/** The bytes of a file. Its address is made here and goes nowhere: the token is in it. */
export async function downloadFile(given: Given): Promise<Buffer> {
  const { api, apiRoot, token, fileId, maxBytes, deadlineMs, signal } = given;
  const file = await api.getFile(fileId, signalOf(signal));
  if ((file.file_size ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (file.file_path === undefined) throw notGiven("no address");
  const path = file.file_path.split("/").map(encodeURIComponent).join("/");
  const within = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  try {
    const response = await fetch(`${apiRoot}/file/bot${token}/${path}`, { signal: within, redirect: "error" });
    if (!response.ok) throw notGiven(String(response.status));
    return await bytesOf(response, maxBytes);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (signal.aborted) throw new AppError("cancelled", "The file was not waited for.");
    throw notGiven(within.aborted ? "took too long" : "not reached");
  }
}

async function bytesOf(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // What was said of the size may be wrong.
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

const tooLarge = (maxBytes: number) =>
  new AppError(
    "invalid_input",
    `This file is larger than ${Math.round(maxBytes / 1e6)} MB, so it is not read. Send a smaller one, or a link to it.`,
  );

const notGiven = (why: string) =>
  new AppError(
    "unavailable",
    `Telegram did not give out the file (${why}). It is tried again; or send the file once more.`,
  );
