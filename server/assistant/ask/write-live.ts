import { setTimeout as sleep } from "node:timers/promises";

import { placeOf } from "#server/channels/index.ts";
import { cleanBody } from "#server/knowledge/index.ts";

import { button } from "../buttons.ts";
import { wordsFor } from "../speech.ts";
import type { Work } from "../work.ts";

/** Drafts are made to be sent often. */
const DRAFT_PACE_MS = 400;

/** Text that is shown while it is written. */
type Writing = { show: (textSoFar: string) => void; stop: () => Promise<void> };

/**
 * Shows an answer as it is written: as a draft where the chat can show one, in a group not at all until it is whole, else in the place
 * of the status post.
 */
export async function writeLive({ deps, request, signal, show }: Work): Promise<Writing> {
  const words = wordsFor(request.contributor);
  const cancel = button(words("core.button.cancel"), { do: "request.cancel", requestId: request.id });
  show({ text: words("core.stage.thinking"), buttons: [[cancel]], isWorking: true });
  const { chat } = request;
  const port = deps.channels[chat.channel];
  if (!port || chat.kind !== "private") return { show: () => {}, stop: async () => {} };
  const draftId = draftIdOf(request.id);
  if (!(await port.draft(placeOf(chat), draftId, words("core.stage.thinking"), { signal }).catch(() => false))) {
    return {
      show: (textSoFar) => show({ text: cleanBody(textSoFar), buttons: [[cancel]], isWorking: true }),
      stop: async () => {},
    };
  }
  let next: string | null = null;
  let sending: Promise<void> | null = null;
  const ending = new AbortController();
  const drain = async () => {
    while (next !== null && !ending.signal.aborted) {
      const text: string = next;
      next = null;
      // A draft that does not come through is followed by another one, or by the answer itself.
      await port.draft(placeOf(chat), draftId, text, { signal }).catch(() => false);
      await sleep(DRAFT_PACE_MS, undefined, { signal: ending.signal }).catch(() => {});
    }
  };
  return {
    show: (textSoFar) => {
      next = textSoFar;
      sending ??= drain().finally(() => {
        sending = null;
      });
    },
    stop: async () => {
      ending.abort();
      await sending;
    },
  };
}

/** A number of its own for each request, from 1. */
function draftIdOf(requestId: string): number {
  return (Number.parseInt(requestId.replaceAll("-", "").slice(-7), 16) % 2_000_000_000) + 1;
}
