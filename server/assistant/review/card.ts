import type { PostInput } from "#server/channels/index.ts";
import { escapeText } from "#server/knowledge/index.ts";

import { button } from "../buttons.ts";
import type { Reader } from "./readers.ts";
import { dayTime, type Subject } from "./subject.ts";

const MOST_QUOTES = 3;
const QUOTE_LENGTH = 300;
const LINE_LENGTH = 200;
/** What fits onto a button. */
const LABEL_LENGTH = 64;

/** A proposal as a card: what there is to decide, or what was decided and by whom. */
export function cardPost(subject: Subject, reader: Reader): PostInput {
  return subject.proposal.status === "pending" ? openCard(subject, reader) : decidedCard(subject, reader);
}

function openCard(subject: Subject, reader: Reader): PostInput {
  const { proposal, at, target } = subject;
  const { words } = reader;
  const { topic } = proposal.details;
  const text = [
    `**${words(`review.kind.${proposal.kind}`)}: ${escapeText(proposal.title)}**`,
    escapeText(clip(proposal.body, LINE_LENGTH)),
    topic ? words("review.change.topic", { topic: escapeText(topic) }) : words("review.change.plain"),
    ...quotes(subject, reader),
    words(`review.evidence.${proposal.hasEvidence ? proposal.confidence : "none"}`),
    putBack(subject, reader),
  ];
  const { id: proposalId, version } = proposal;
  const decide = [
    button(words("review.button.approve"), { do: "review", proposalId, version, decision: "approve" }, "success"),
    button(words("review.button.reject"), { do: "review", proposalId, version, decision: "reject" }, "danger"),
  ];
  const merge = target && [
    button(clip(words("review.button.merge", { title: target.title }), LABEL_LENGTH), {
      ...{ do: "review", proposalId, version, decision: "merge" },
      target: { type: target.type, id: target.id },
    }),
  ];
  const open = { label: words("review.button.dashboard"), url: at.proposal(proposalId) };
  return {
    text: text.filter(Boolean).join("\n\n"),
    buttons: [...(reader.mayDecide ? [decide, ...(merge ? [merge] : [])] : []), [open]],
  };
}

function decidedCard(subject: Subject, reader: Reader): PostInput {
  const { proposal, at, timeZone, mergedInto, mayUndo } = subject;
  const { words, language } = reader;
  if (proposal.status === "pending") throw new Error("A proposal that waits is no decided one.");
  const { id: proposalId, version, decidedAt, decidedBy } = proposal;
  const when = decidedAt ? dayTime(decidedAt, { timeZone, language }) : "";
  const text = [
    `**${words(`review.decided.${proposal.status}`)}: ${escapeText(proposal.title)}**`,
    mergedInto === null ? "" : words("review.decided.into", { title: escapeText(mergedInto) }),
    words("review.decided.by", { who: escapeText(decidedBy ?? "Winnow"), when }),
    escapeText(proposal.decisionReason ?? ""),
  ];
  const undo = button(words("core.button.undo"), { do: "review", proposalId, version, decision: "undo" });
  const open = { label: words("review.button.dashboard"), url: at.proposal(proposalId) };
  return { text: text.filter(Boolean).join("\n\n"), buttons: [[...(mayUndo && reader.mayDecide ? [undo] : []), open]] };
}

/** What was said, by whom and when: the words alone, whatever marks they hold. */
function quotes({ proposal, timeZone }: Subject, { words, language }: Reader): string[] {
  return proposal.evidence.slice(0, MOST_QUOTES).map((each) => {
    const when = dayTime(each.sentAt, { timeZone, language });
    const since = each.sourceChanged ? ` (${words("review.changedSince")})` : "";
    return `> ${escapeText(clip(each.quote, QUOTE_LENGTH))}\n>\n> ${escapeText(each.authorName)}, ${when}${since}`;
  });
}

/** Who wanted it looked at again, where that is the last that was done to it. */
function putBack({ proposal, timeZone }: Subject, { words, language }: Reader): string {
  const [last] = proposal.history;
  if (last?.action !== "reopened") return "";
  const about = { who: escapeText(last.actorName), when: dayTime(last.at, { timeZone, language }) };
  return last.reason
    ? words("review.putBack", { ...about, reason: escapeText(last.reason) })
    : words("review.putBackSilently", about);
}

/** A text on one line, cut where it is too long, never in the middle of a character. */
export function clip(text: string, most: number): string {
  const line = text.replaceAll(/\s+/gu, " ").trim();
  if (line.length <= most) return line;
  return `${line.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/u, "")}…`;
}
