import type { Resolve } from "#server/lib/address.ts";
import { AppError } from "#server/lib/errors.ts";

import { ask, bodyOf } from "./answer.ts";
import { readDocument } from "./document.ts";
import { type AllowPrivate, doorOf } from "./door.ts";
import { tidyTitle } from "./tidy.ts";

/** What there is to read on a page, with the address where it was in the end; or why there is nothing, in a sentence. */
export type PageText =
  | { type: "page"; url: string; title: string | null; text: string; isCut: boolean }
  | { type: "unreadable"; url: string; why: string };

type Given = {
  signal: AbortSignal;
  /** For tests alone: lets their own server be reached although it is on this machine. */
  allowPrivate?: AllowPrivate;
  /** How names are looked up; by the system when not given. */
  resolve?: Resolve;
};

const LIMIT_MS = 5_000;
const MAX_REDIRECTS = 5;
const MAX_URL = 4_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const READABLE = /^(text\/(html|plain|markdown|x-markdown)|application\/(xhtml\+xml|json|pdf|[\w.-]+\+json))\s*(;|$)/i;

const LATE = "The page did not answer within 5 seconds.";

/**
 * Reads a page of the public web: HTML as text with Markdown's marks, plain text, Markdown, JSON or a PDF. Private addresses
 * are never reached, whatever the address, a name or a redirect says. The page has 5 seconds to arrive, and 2 MB are read.
 * @returns at most 200,000 characters, without control characters; `isCut` where there was more
 * @throws AppError `cancelled` when the signal aborts; nothing else
 */
export async function fetchPage(url: string, given: Given): Promise<PageText> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), LIMIT_MS);
  const signal = AbortSignal.any([given.signal, late.signal]);
  let at = url;
  try {
    given.signal.throwIfAborted();
    const arrived = await arrive(url, { ...given, signal }, (next) => (at = next));
    clearTimeout(timer);
    if (typeof arrived === "string") return { type: "unreadable", url: at, why: arrived };
    return await inWords(arrived, at, given.signal);
  } catch (error) {
    if (given.signal.aborted) {
      throw new AppError("cancelled", "Reading the page was stopped before its end.", { cause: given.signal.reason });
    }
    return { type: "unreadable", url: at, why: late.signal.aborted ? LATE : failureInWords(error) };
  } finally {
    clearTimeout(timer);
  }
}

type Arrived = { bytes: Buffer; isWhole: boolean; mime: string };

/** Follows a page to where it is and reads it; a sentence where that is not to be. */
async function arrive(url: string, given: Given, onward: (url: string) => void): Promise<Arrived | string> {
  let next: string | null = url;
  for (let hops = 0; next !== null; hops += 1) {
    if (hops > MAX_REDIRECTS) return "The page redirects more than 5 times; it was not followed further.";
    const parsed: URL | null = next.length > MAX_URL ? null : URL.parse(next);
    if (!parsed) return "That is no address of a page.";
    onward(parsed.href);
    const door = await orAborted(
      doorOf(parsed, { allowPrivate: given.allowPrivate, resolve: given.resolve }),
      given.signal,
    );
    if (door.type === "closed") return door.why;
    const answer = await ask(parsed, door.addresses, given.signal);
    try {
      const { statusCode = 0, headers } = answer;
      if (!REDIRECTS.has(statusCode)) return await read(answer);
      next = headers.location === undefined ? null : (URL.parse(headers.location, parsed)?.href ?? headers.location);
    } finally {
      answer.destroy();
    }
  }
  return "The page redirects, but does not say where to.";
}

async function read(answer: Awaited<ReturnType<typeof ask>>): Promise<Arrived | string> {
  if (answer.statusCode !== 200) return `The page cannot be had: its site answered ${answer.statusCode}.`;
  const mime = answer.headers["content-type"] ?? "";
  if (!READABLE.test(mime.trim())) return "The address leads to something that is no page and no text.";
  const body = await bodyOf(answer);
  if (!body) return "The page is packed in a way that is not known here.";
  return { ...body, mime };
}

async function inWords(arrived: Arrived, url: string, signal: AbortSignal): Promise<PageText> {
  const { bytes, isWhole, mime } = arrived;
  if (!isWhole && bytes.subarray(0, 1024).includes("%PDF-"))
    return { type: "unreadable", url, why: "The PDF is larger than 2 MB; it was not read." };
  const read = await readDocument({ bytes, name: null, mime }, { signal });
  if (read.type === "unreadable") return { type: "unreadable", url, why: read.why };
  return { type: "page", url, title: tidyTitle(read.title), text: read.text, isCut: read.isCut || !isWhole };
}

/** A look-up cannot be stopped, but need not be waited for. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () => reject(new Error("The look-up was stopped."));
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function failureInWords(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/CERT|SSL|TLS|ALTNAME|SELF_SIGNED|VERIFY/.test(code))
    return "The site's certificate is not valid; the page was not read.";
  if (/^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT)|UNEXPECTED/.test(code))
    return "The page arrived damaged and could not be read.";
  return "The site could not be reached, or broke off.";
}
