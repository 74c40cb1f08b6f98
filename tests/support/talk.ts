import { expect } from "vitest";

import { checkEvidence } from "#server/analysis/extraction/evidence.ts";
import type { FoundProposal, SeenMessage } from "#server/analysis/extraction/prompt.ts";
import { findByRules } from "#server/analysis/rules/find.ts";

export const PEOPLE: Record<string, SeenMessage["author"]> = {
  nora: { contributorId: "1", name: "Nora Field", username: "nora", isBot: false },
  timo: { contributorId: "2", name: "Timo Berg", username: "timob", isBot: false },
  ada: { contributorId: "3", name: "Ada Quist", username: null, isBot: false },
  ivan: { contributorId: "4", name: "Иван Петров", username: null, isBot: false },
  lena: { contributorId: "5", name: "Лена Орлова", username: null, isBot: false },
  bot: { contributorId: "6", name: "Build bot", username: "ci_bot", isBot: true },
};

/** A talk as lines "who: text", "who >m2: text" (a reply) or "who [Origin]: text" (a forward), 40 seconds apart on a Tuesday. */
export function talk(...lines: string[]): SeenMessage[] {
  return lines.map((line, at) => {
    const match = /^(?<who>\w+)(?: >(?<replyTo>m\d+))?(?: \[(?<origin>[^\]]+)\])?: (?<text>[\s\S]*)$/u.exec(
      line,
    )?.groups;
    return {
      label: `m${at + 1}`,
      text: match?.text ?? "",
      sentAt: new Date(Date.parse("2026-11-24T09:00:00Z") + at * 40_000),
      author: PEOPLE[match?.who ?? ""]!,
      replyTo: match?.replyTo ?? null,
      forwardedFrom: match?.origin ?? null,
    };
  });
}

/** What the rules engine finds in a talk; each quote stands in its message, each title is short. */
export function find(...lines: string[]): FoundProposal[] {
  const messages = talk(...lines);
  const found = findByRules({ chatTitle: "Harbour › Permits", timeZone: "Europe/Berlin", messages });
  for (const { quotes, title } of found) {
    expect(title.length).toBeLessThanOrEqual(81);
    expect(quotes.length).toBeGreaterThan(0);
    for (const { message, text } of quotes) {
      expect(
        checkEvidence(
          messages.find(({ label }) => label === message)!,
          text,
        ),
      ).not.toBeNull();
    }
  }
  return found;
}

/** "Task: Renew the permit". */
export function brief(found: FoundProposal[]): string[] {
  return found.map(({ noteType, title }) => `${noteType}: ${title}`);
}
