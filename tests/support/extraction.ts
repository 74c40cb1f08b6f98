import { type Extracted, extract, type ExtractRequest } from "#server/analysis/extraction/extract.ts";
import type { FoundProposal } from "#server/analysis/extraction/prompt.ts";
import type { Given } from "#server/analysis/context/given.ts";
import { ProjectContext } from "#server/analysis/schema.ts";
import { newId } from "#server/lib/ids.ts";
import { createLlm } from "#server/llm/index.ts";
import type { WindowMessage } from "#server/messages/index.ts";

import type { FakeModel } from "./fake-model.ts";
import { live, test as base } from "./llm.ts";

export const NORA = { contributorId: newId(), name: "Nora Field", username: "nora", isBot: false };
export const TIMO = { contributorId: newId(), name: "Timo Berg", username: "timob", isBot: false };

/** Nothing was told, approved, decided or found before. */
export const NOTHING: Given = {
  project: ProjectContext.parse({}),
  topics: [],
  atoms: [],
  examples: [],
  earlier: [],
  contributors: [],
};

type Reading = Partial<Omit<ExtractRequest, "given">> & { given?: Partial<Given>; byRules?: boolean };

/** `test` with a reading of one batch, by the fake model unless `byRules`. */
export const test = base.extend<{ read: (reading: Reading) => Promise<Extracted> }>({
  read: async ({ ctx, llm, spaceId }, use) => {
    const asked = llm({ attempts: 1 });
    const { db, log, now } = ctx;
    const rules = createLlm({ env: { LLM_MODEL: "gpt-4.1-mini" }, db, log, now, secret: "of-tests" });
    await use(({ given = {}, byRules = false, ...reading }) =>
      extract({ llm: byRules ? rules : asked }, ctx, {
        spaceId,
        runId: null,
        batchId: null,
        position: 0,
        timeZone: "Europe/Berlin",
        messages: [],
        contextMessages: [],
        call: {},
        signal: live(),
        ...reading,
        given: { ...NOTHING, ...given },
      }),
    );
  },
});

/** A message of a batch, said on Tuesday, 24 November 2026, at four in Berlin. */
export function said(author: WindowMessage["author"], text: string, more: Partial<WindowMessage> = {}): WindowMessage {
  return {
    id: newId(),
    chatId: "chat",
    chatTitle: "Harbour team",
    externalId: "1",
    revision: 1,
    kind: "text",
    text,
    sentAt: new Date("2026-11-24T15:00:00Z"),
    author,
    replyToId: null,
    forwardedFrom: null,
    permalink: null,
    ...more,
  };
}

/** What an honest model finds in "Nora, can you please renew the harbour permit by Friday?" of Timo. */
export function foundTask(more: Partial<FoundProposal> = {}): FoundProposal {
  return {
    kind: "task",
    title: "Renew the harbour permit",
    body: "Timo asks Nora to renew it.",
    noteType: "Task",
    topic: "Harbour",
    tags: ["#Permit", "permit"],
    intent: "request",
    priority: null,
    category: "chore",
    assigneeName: "@nora",
    due: "by Friday",
    confidence: 0.9,
    why: "Timo asks for it.",
    quotes: [{ message: "m1", text: "renew the harbour permit by Friday" }],
    ...more,
  };
}

/** The model answers with these, and with the same when it is asked to put something right. */
export function answers(model: FakeModel, ...proposals: FoundProposal[]): void {
  model.always({ type: "json", value: { proposals } });
}
