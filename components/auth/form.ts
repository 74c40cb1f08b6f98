/** What a door of server/auth answered: done, or why not, in words for a person. */
export type Answer = { isOk: true; body: unknown } | { isOk: false; status: number; message: string };

/** Sends a form as JSON. */
export async function post(path: string, form: object): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(form),
    });
  } catch {
    const message = "The server could not be reached. Check the connection and try again.";
    return { isOk: false, status: 0, message };
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return { isOk: true, body };
  const hasWords = typeof body === "object" && body !== null && "message" in body && typeof body.message === "string";
  const message = hasWords
    ? String(body.message)
    : "That did not work, and it is not your doing. Try again in a minute.";
  return { isOk: false, status: response.status, message };
}

/** What was typed into a field. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}
