import { toFile } from "openai";

import { type CallOptions, tokensOf } from "./attempt.ts";
import type { Offer } from "./offers.ts";
import { type LlmTiming, throwIfStopped } from "./policies.ts";
import type { TargetsFor } from "./providers/targets.ts";
import type { Run } from "./run.ts";

/** A file in which someone speaks. Endpoints tell its format by the end of its name. */
export type Audio = { bytes: Uint8Array; name: string; mime: string };

export type TranscribeOptions = CallOptions & { model: string };

/** What is said in an audio file, '' for silence; null where the endpoint offers no transcription or cannot read the file. */
export async function transcribe(
  { run, targetsFor, offer, timing }: { run: Run; targetsFor: TargetsFor; offer: Offer; timing: LlmTiming },
  audio: Audio,
  options: TranscribeOptions,
): Promise<string | null> {
  throwIfStopped(options.signal);
  const [target] = await targetsFor({ ...options, use: null });
  if (!target) return null;
  const call = { useCase: "llm.transcribe", version: 1, promptKey: "1", options };
  const file = await toFile(audio.bytes, audio.name, { type: audio.mime });
  return offer(target.key, () =>
    run<string>(call, [target], async ({ client, model, signal, deadline }) => {
      deadline.putOff(timing.streamMs);
      const answer = await client.audio.transcriptions.create(
        { model, file, response_format: "json" },
        { signal, timeout: timing.streamMs * 2 },
      );
      const usage = answer?.usage?.type === "tokens" ? answer.usage : null;
      const tokens = tokensOf(usage?.input_tokens, usage?.output_tokens);
      const text: unknown = answer?.text;
      return typeof text === "string"
        ? { type: "answer", answer: text.trim(), tokens }
        : { type: "unreadable", said: "", why: "there are no words in it.", tokens };
    }),
  );
}
