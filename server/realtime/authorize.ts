import { AppError } from "#server/lib/errors.ts";

import { ChannelAuthInput, parseChannel } from "./schema.ts";
import type { RealtimeSettings } from "./settings.ts";
import { channelSignature } from "./signature.ts";

/**
 * Signs a channel for one socket, when its user may hear it.
 * @param input as pusher-js posts it: `socket_id`, `channel_name`
 * @param mayHear whether the user has any role in that space
 * @throws AppError `invalid_input` for a malformed socket id, `forbidden` for every channel that is not theirs:
 *   one answer for all of them, so that nobody learns which spaces exist
 */
export async function authorizeChannel(
  settings: Pick<RealtimeSettings, "key" | "secret">,
  input: unknown,
  mayHear: (spaceId: string) => Promise<boolean>,
): Promise<{ auth: string }> {
  const parsed = ChannelAuthInput.safeParse(input);
  if (!parsed.success) {
    throw new AppError(
      "invalid_input",
      "The request names no socket_id and channel_name, or not in the form that they have.",
    );
  }
  const { socket_id: socketId, channel_name: name } = parsed.data;
  const channel = parseChannel(name);
  if (!channel || !(await mayHear(channel.spaceId))) {
    throw new AppError("forbidden", "You may not hear this channel: you are not a member of its space.");
  }
  return { auth: channelSignature(settings, socketId, name) };
}
