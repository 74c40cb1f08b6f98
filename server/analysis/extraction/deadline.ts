import { z } from "zod";

import type { WindowMessage } from "#server/messages/index.ts";
import type { CheckedQuote } from "#server/proposals/schema.ts";

import { oneLine } from "./clean.ts";
import { findDue, isoDayIn } from "./due.ts";
import { fold } from "./people.ts";

/** A day that is further away than this was miscounted. */
const MOST_YEARS = 5;
/** Of a text, as much is looked through for a day. */
const TEXT_LENGTH = 400;

/**
 * The day by which something is to be done, counted by the calendar from the message that names it. An answer gives it in words that
 * one of the messages has, or as a day: then the one meant is the nearest that the quoted words name, for models miscount weekdays.
 * Null where the answer names none, one that nobody said, or one that was over when it was said.
 */
export function dueOf(written: string | null, batch: Batch): string | null {
  const messages = [...batch.messages.values()];
  const said = messages.find(({ id }) => id === batch.evidence[0]?.messageId);
  if (!written || !said) return null;
  const words = oneLine(written, 100);
  const date = z.iso.date().safeParse(words).data;
  const days = daysIn(batch, messages);
  if (date === undefined) return dayOfWords(words, messages, batch.timeZone) ?? days[0] ?? null;
  if (batch.isModel && days.length > 0) {
    const distance = (day: string) => Math.abs(Date.parse(day) - Date.parse(date));
    return days.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
  }
  const saidOn = isoDayIn(said.sentAt, batch.timeZone);
  const years = Number(date.slice(0, 4)) - Number(saidOn.slice(0, 4));
  return date >= saidOn && years <= MOST_YEARS ? date : null;
}

type Batch = {
  messages: ReadonlyMap<string, WindowMessage>;
  evidence: CheckedQuote[];
  timeZone: string;
  /** The rules engine counts by the same calendar. */
  isModel: boolean;
};

/** The days that the quoted words name, in their order. */
function daysIn({ evidence, timeZone }: Batch, messages: WindowMessage[]): string[] {
  return evidence.flatMap(({ messageId, quote }) => {
    const message = messages.find(({ id }) => id === messageId);
    const due = message && findDue(oneLine(quote, TEXT_LENGTH), { sentAt: message.sentAt, timeZone });
    return due ? [due.date] : [];
  });
}

/** The day that words mean in the message that says them. */
function dayOfWords(words: string, messages: WindowMessage[], timeZone: string): string | null {
  const wanted = fold(words);
  const message = messages.find(({ text }) => fold(text).includes(wanted));
  return message ? (findDue(words, { sentAt: message.sentAt, timeZone })?.date ?? null) : null;
}
