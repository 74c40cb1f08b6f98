import { addressesOf, hostOf, isPublic, portOf, type Resolve } from "#server/lib/address.ts";

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
  const addresses = await addressesOf(hostOf(url), given.resolve);
  if (addresses.length === 0) return closed("There is no site of that name.");
  const mayReach = (address: string) =>
    given.allowPrivate?.(address, port) === true || (PORTS.has(port) && isPublic(address));
  if (!addresses.every(mayReach)) return closed("The address leads into a private network; it was not opened.");
  return { type: "open", addresses };
}
