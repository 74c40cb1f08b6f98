import { z } from "zod";

import { isSchedule } from "#server/lib/cron.ts";

import { asForm } from "./kind.ts";

// What values of settings can be, each with the words for one that it cannot be.

export function wholeNumber(min: number, max: number): z.ZodType<number> {
  const error = `It is a whole number from ${min} to ${max}.`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** From one hour of the day to another, over midnight too. */
export function hours(): z.ZodType<string> {
  const error = "It is two hours of the day, such as 9-18, 22-6 or 0-24.";
  return asForm(
    "hours",
    z
      .string({ error })
      .trim()
      .max(5, { error })
      .regex(/^(?:1?\d|2[0-3])-(?:1?\d|2[0-4])$/u, { error }),
  );
}

/** A schedule of five fields; empty for none. */
export function schedule(): z.ZodType<string> {
  const error = "It is five fields: minute, hour, day of the month, month, day of the week, such as 0 9 * * 1-5.";
  return asForm(
    "schedule",
    z
      .string({ error })
      .trim()
      .max(100, { error })
      .refine((text) => text === "" || isSchedule(text), { error }),
  );
}

/** The name of a model as endpoints write them; empty for none. */
export function modelName(): z.ZodType<string> {
  const error = "It is the name of a model, such as gpt-4.1-mini.";
  return asForm(
    "model",
    z
      .string({ error })
      .trim()
      .max(200, { error })
      .regex(/^[\w./:@+-]*$/, { error }),
  );
}
