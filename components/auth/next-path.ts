/**
 * Where to go after sign-in: the page that was asked for, as long as it is one of ours.
 * @param wanted from the address, so anybody may have written it
 */
export function nextPath(wanted: string | string[] | undefined): string {
  if (typeof wanted !== "string" || !wanted.startsWith("/")) return "/";
  const here = "http://here.invalid";
  const url = URL.canParse(wanted, here) ? new URL(wanted, here) : null;
  if (url?.origin !== here || url.pathname.startsWith("//")) return "/";
  // Back to these pages would go round in circles.
  if (url.pathname === "/sign-in" || url.pathname === "/setup" || url.pathname.startsWith("/api/")) return "/";
  return url.pathname + url.search + url.hash;
}
