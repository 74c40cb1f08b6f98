import type { Auth } from "#server/auth/index.ts";

/** The cookie of a new session, got as a person gets it: by a sign-in link. */
export async function signIn(auth: Auth, email: string): Promise<string> {
  const response = await auth.handler(new Request(await auth.createSignInLink({ email })));
  return cookieFrom(response);
}

/** The session's cookie of an answer, as the browser sends it back; '' when there is none or it was taken away. */
export function cookieFrom(response: Response): string {
  const pairs = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]!);
  return pairs.find((pair) => /session_token=./.test(pair)) ?? "";
}
