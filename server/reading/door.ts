import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

import { isPublic } from "./address.ts";

/** Where a name leads; every address of it. */
export type Resolve = (name: string) => Promise<string[]>;

/** An exception to what may be reached: given by tests for their own server, and by nobody else. */
export type AllowPrivate = (address: string, port: number) => boolean;

/** What may be asked and at which addresses, or why not. */
export type Door = { type: "open"; addresses: string[] } | { type: "closed"; why: string };

const PORTS = new Set([80, 443, 8080, 8443]);

/**
 * Whether a page may be asked for. Its name is looked up once, here; the connection must go to the addresses that are given
 * back and not look it up again, because a name may lead elsewhere the next time.
 */
export async function doorOf(
  url: URL,
  given: { allowPrivate: AllowPrivate | undefined; resolve: Resolve | undefined },
): Promise<Door> {
  const closed = (why: string): Door => ({ type: "closed", why });
  if (url.protocol !== "http:" && url.protocol !== "https:") return closed("Only http and https pages are read.");
  if (url.username !== "" || url.password !== "")
    return closed("The address holds a user name or a password; it was not opened.");
  const port = portOf(url);
  if (!PORTS.has(port) && !given.allowPrivate) return closed("The address names an unusual port; it was not opened.");
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await addressesOf(host, given.resolve ?? resolveBySystem) : [host];
  if (addresses.length === 0) return closed("There is no site of that name.");
  const mayReach = (address: string) =>
    given.allowPrivate?.(address, port) === true || (PORTS.has(port) && isPublic(address));
  if (!addresses.every(mayReach)) return closed("The address leads into a private network; it was not opened.");
  return { type: "open", addresses };
}

/** The port that a page is asked at. */
export function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

/** The host of a page, an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

async function addressesOf(name: string, resolve: Resolve): Promise<string[]> {
  try {
    return await resolve(name);
  } catch {
    // No such name, or no answer about it: the same for whoever wants to read the page.
    return [];
  }
}

const resolveBySystem: Resolve = async (name) => {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
};
