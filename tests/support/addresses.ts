/**
 * Who is answered at each address of app/:
 * `anyone`; whoever is `signed-in`; a `member` of the space that it names; whoever has the `secret`; or `by procedure`,
 * where each call has its own rule.
 */
export const ADDRESSES = {
  "/": "signed-in",
  "/sign-in": "anyone",
  "/setup": "anyone",
  "/s/[space]": "member",
  "/s/[space]/review": "member",
  "/s/[space]/review/[proposalId]": "member",
  "/s/[space]/runs": "member",
  "/s/[space]/runs/[runId]": "member",
  "/s/[space]/messages": "member",
  "/s/[space]/chat": "member",
  "/s/[space]/people": "member",
  "/s/[space]/knowledge": "member",
  "/s/[space]/knowledge/[noteId]": "member",
  "/s/[space]/knowledge/sync": "member",
  "/s/[space]/knowledge/questions": "member",
  "/s/[space]/knowledge/commits/[commitHash]": "member",
  "/s/[space]/knowledge/conflicts/[conflictId]": "member",
  "/api/auth/[...all]": "anyone",
  "/api/setup": "secret",
  "/api/trpc/[trpc]": "by procedure",
  "/api/realtime/auth": "signed-in",
  "/api/telegram/webhook": "secret",
  "/api/media/[...path]": "member",
  "/api/health": "anyone",
  "/api/health/live": "anyone",
} as const satisfies Record<string, "anyone" | "signed-in" | "member" | "secret" | "by procedure">;
