import { lookup } from "node:dns/promises";
import { isIP, isIPv4, isIPv6, type LookupFunction } from "node:net";

import ipaddr from "ipaddr.js";

/** Where Azure answers its own machines, at an address that looks public. Other clouds use addresses that are set aside. */
const CLOUD_METADATA = new Set(["168.63.129.16"]);
/** The one part of IPv6 that is given out to the public. */
const GIVEN_OUT = ipaddr.IPv6.parseCIDR("2000::/3");

/** Where a name leads; every address of it. */
export type Resolve = (name: string) => Promise<string[]>;

/**
 * Whether an IP address is of the public internet: not this machine, a private network, a link, a carrier's inside, a group,
 * a cloud's metadata, something reserved, nor an IPv6 address that stands for an IPv4 one.
 */
export function isPublic(address: string): boolean {
  if (CLOUD_METADATA.has(address)) return false;
  // Spelled as a resolver spells it; octal and short forms are nobody's honest answer.
  if (isIPv4(address)) return ipaddr.IPv4.parse(address).range() === "unicast";
  if (!isIPv6(address) || address.includes("%")) return false;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.match(GIVEN_OUT) && parsed.range() === "unicast";
}

/** Every address of a host; none where there is no such name, or no answer about it. */
export async function addressesOf(host: string, resolve: Resolve = resolveBySystem): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return await resolve(host);
  } catch {
    return [];
  }
}

/** The port that an address of the web is asked at. */
export function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

/** The host of an address of the web, an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

/**
 * A look-up for a connection that knows nothing but addresses that were checked: a name may lead elsewhere the next time.
 */
export function onlyTo(addresses: readonly string[]): LookupFunction {
  return (_name, options, done) => {
    const known = addresses.map((address) => ({ address, family: isIP(address) }));
    const [first] = known;
    if (options.all) done(null, known);
    else if (first) done(null, first.address, first.family);
    else done(new Error("No address was given."), "");
  };
}

const resolveBySystem: Resolve = async (name) => {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
};
