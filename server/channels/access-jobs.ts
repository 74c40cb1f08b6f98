import { z } from "zod";

import { Channel, PairingSubject } from "#prisma/enums.ts";
import { defineJob, type Handler, handle, type JobRun } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import type { Channels, Place } from "./channel.ts";

/** What is said to those who are not heard, in English: which language they want is not known of them. */
const DOOR_LINES = {
  person:
    "Hello! I only listen to people whom the team of this space has let in, and I have kept nothing of what you wrote. " +
    "To ask for it, send /pair: your name and your Telegram id are then kept, so that an admin can decide.",
  group:
    "Hello! The team of this space has not let this group in yet, so I keep nothing of what is said here. " +
    "An admin or reviewer can let it in with a link from the dashboard, or by adding me from their own linked account.",
  asked: "Thank you. An admin has to let you in; I will tell you when that is done.",
  askedForGroup: "An admin has to let this group in; I will tell you when that is done.",
  refused: "An admin has decided not to let you in. Ask them in person if you think that this is a mistake.",
  full: "Too many people wait to be let in right now. Ask an admin of the space for a link of your own.",
  stale: "This link was used before, or it is too old. Ask for a new one: a link works once, and for a day.",
} as const;

export type DoorLine = keyof typeof DOOR_LINES;
const DoorLine = z.enum(Object.keys(DOOR_LINES) as [DoorLine, ...DoorLine[]]);

const WELCOMES = {
  person: "Welcome! I hear you from now on. Send me what you want to keep, or /help to see what I can do.",
  chat: "Thank you for having me. I hear this group from now on. Anyone can send /help to see what I can do.",
} as const satisfies Record<PairingSubject, string>;

const PlaceInput = z.object({
  externalId: z.string(),
  threadId: z.string(),
  kind: z.string(),
}) satisfies z.ZodType<Place>;

// Their payload names someone of whom nothing else may be kept: it is gone with the job, which never stays behind as a failed one.
const MAX_ATTEMPTS = 5;

/** Tells someone who is not heard how to get in. */
export const turnAway = defineJob({
  name: "channels.turnAway",
  payload: z.object({ channel: z.enum(Channel), place: PlaceInput, line: DoorLine }),
  maxAttempts: MAX_ATTEMPTS,
});

/** Tells someone that they are heard from now on. */
export const welcome = defineJob({
  name: "channels.welcome",
  payload: z.object({ channel: z.enum(Channel), place: PlaceInput, subject: z.enum(PairingSubject) }),
  maxAttempts: MAX_ATTEMPTS,
});

/** What is said at the door, by the channel that the listener is on. */
export function accessHandlers({ channels }: { channels: Channels }): Handler[] {
  const say = async (ctx: Ctx, run: JobRun, channel: Channel, place: Place, text: string) => {
    try {
      const options = { replyToExternalId: null, isQuiet: true, signal: run.signal };
      await channels[channel]?.send(place, { text, buttons: [], isWorking: false }, options);
    } catch (error) {
      const mayPass = !(error instanceof AppError) || error.code === "unavailable" || error.code === "rate_limited";
      if (mayPass && !run.isLastAttempt) throw error;
      ctx.log.warn({ error, channel }, "channels.turnAway could not say a line at the door");
    }
  };
  return [
    handle(turnAway, (ctx, { channel, place, line }, run) => say(ctx, run, channel, place, DOOR_LINES[line])),
    handle(welcome, (ctx, { channel, place, subject }, run) => say(ctx, run, channel, place, WELCOMES[subject])),
  ];
}
