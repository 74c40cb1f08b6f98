import { addressesOf, hostOf, isPublic, type Resolve } from "#server/lib/address.ts";
import { AppError } from "#server/lib/errors.ts";

const LONGEST = 500;

/**
 * The address of an endpoint as it is kept, without a slash at its end.
 * @throws AppError invalid_input where it is none, holds credentials, leads nowhere or into a private network
 */
export async function checkBaseUrl(
  given: string,
  { allowsPrivate, resolve }: { allowsPrivate: boolean; resolve: Resolve | undefined },
): Promise<string> {
  const url = given.length > LONGEST ? null : URL.parse(given.trim());
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw wrong("That is no address of an endpoint: it begins with http:// or https://.");
  }
  if (url.username !== "" || url.password !== "") {
    throw wrong("The address holds a user name or a password. Leave them out, and enter the key by itself.");
  }
  if (url.search !== "" || url.hash !== "") throw wrong("The address of an endpoint ends with its path.");
  const addresses = await addressesOf(hostOf(url), resolve);
  if (addresses.length === 0) throw wrong(`There is no host called ${hostOf(url)}.`);
  if (!allowsPrivate && !addresses.every(isPublic)) {
    throw wrong(
      "The address leads into a private network, which this server does not let spaces reach. Where that is wanted, as for Ollama, whoever runs the server sets LLM_ALLOW_PRIVATE=true.",
    );
  }
  return url.href.replace(/\/+$/u, "");
}

function wrong(words: string): AppError {
  return new AppError("invalid_input", `${words} Nothing was changed.`);
}
