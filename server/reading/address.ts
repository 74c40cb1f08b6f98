import { isIPv4, isIPv6 } from "node:net";

import ipaddr from "ipaddr.js";

/** Where Azure answers its own machines, at an address that looks public. Other clouds use addresses that are set aside. */
const CLOUD_METADATA = new Set(["168.63.129.16"]);
/** The one part of IPv6 that is given out to the public. */
const GIVEN_OUT = ipaddr.IPv6.parseCIDR("2000::/3");

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
