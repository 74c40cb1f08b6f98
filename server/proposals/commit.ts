import { type Actor, actorRef } from "#server/lib/ctx.ts";
import type { NoteDraft } from "#server/knowledge/schema.ts";

/** What a commit says of the proposal that it carries out: the line for people, and the trailers for tools. */
export function describeCommit(input: {
  action: "add" | "merge" | "retire" | "revert";
  proposalId: string;
  draft: Pick<NoteDraft, "type" | "title" | "generatedBy" | "sources">;
  actor: Actor;
  /** For a merge: the note that it went into. For a retirement: the note that no longer holds. */
  hostTitle?: string;
}): { subject: string; trailers: [string, string][]; author: { name: string; email: string } } {
  const { action, draft, actor } = input;
  const type = draft.type.toLowerCase();
  const subject = {
    add: `Add ${type}: ${draft.title}`,
    merge: `Add to “${input.hostTitle ?? ""}”: ${draft.title}`,
    retire: `Mark “${input.hostTitle ?? ""}” as no longer true`,
    revert: `Take back ${type}: ${draft.title}`,
  }[action];
  const permalinks = draft.sources.flatMap((source) => (source.resource ? [source.resource] : []));
  return {
    subject,
    trailers: [
      ["Winnow-Proposal", input.proposalId],
      // A rule has reviewed nothing.
      actor.type === "system" ? ["Approved-by", actor.name] : ["Reviewed-by", `${actor.name} <${actorRef(actor)}>`],
      ["Generated-by", `winnow/${draft.generatedBy}`],
      ...permalinks.map((link): [string, string] => ["Source", link]),
    ],
    // A reviewer's e-mail address is not for a repository that others may read.
    author: {
      name: actor.name,
      email: `${actor.type === "system" ? "system" : actorRef(actor).replace(":", ".")}@winnow.invalid`,
    },
  };
}
