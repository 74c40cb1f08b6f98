import { expect } from "vitest";

import { live, outcomes, test } from "#tests/support/llm.ts";

const MODEL = "whisper-1";
const VOICE = { bytes: Buffer.from(" We meet at nine.\n"), name: 'voice "1".oga', mime: "audio/ogg" };

test("says what is said in a recording", async ({ model, llm, spaceId, calls }) => {
  expect(await llm().transcribe(VOICE, { spaceId, signal: live(), model: MODEL })).toBe("We meet at nine.");
  expect(model.transcribed).toEqual([{ model: MODEL, ...VOICE }]);
  expect(await calls()).toMatchObject([{ useCase: "llm.transcribe", model: MODEL, outcome: "ok", inputTokens: null }]);
});

test("says '' for silence", async ({ llm, spaceId }) => {
  const silence = { ...VOICE, bytes: Buffer.from("  ") };
  expect(await llm().transcribe(silence, { spaceId, signal: live(), model: MODEL })).toBe("");
});

test("sends the whole recording again after a failure", async ({ model, llm, spaceId, calls }) => {
  model.nextAt("transcriptions", { type: "status", status: 500 }, { type: "cut", at: "middle" });
  expect(await llm().transcribe(VOICE, { spaceId, signal: live(), model: MODEL })).toBe("We meet at nine.");
  expect(model.transcribed).toHaveLength(3);
  expect(outcomes(await calls())).toEqual(["unavailable", "unavailable", "ok"]);
});

test("is not asked for again for ten minutes where it is not offered", async ({ model, llm, spaceId }) => {
  let nowMs = Date.now();
  const one = llm({}, {}, () => new Date(nowMs));
  const ask = () => one.transcribe(VOICE, { spaceId, signal: live(), model: MODEL });
  model.offer({ transcriptions: false });
  expect(await ask()).toBeNull();
  expect(await ask()).toBeNull();
  expect(model.transcribed).toHaveLength(1);
  model.offer({ transcriptions: true });
  nowMs += 600_001;
  expect(await ask()).toBe("We meet at nine.");
});

test("gives nothing for a file that cannot be read, and goes on with the next", async ({ model, llm, spaceId }) => {
  const one = llm();
  model.nextAt("transcriptions", { type: "status", status: 400, code: "invalid_file" });
  expect(await one.transcribe(VOICE, { spaceId, signal: live(), model: MODEL })).toBeNull();
  expect(await one.transcribe(VOICE, { spaceId, signal: live(), model: MODEL })).toBe("We meet at nine.");
});

test("may take long, but not for ever", async ({ model, llm, spaceId, calls }) => {
  model.nextAt("transcriptions", { type: "hang" });
  const one = llm({ timeoutMs: 60_000, streamMs: 200, attempts: 1 });
  await expect(one.transcribe(VOICE, { spaceId, signal: live(), model: MODEL })).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("does not answer (timeout)"),
  });
  expect(outcomes(await calls())).toEqual(["timeout"]);
});

test("is let go at once by whoever stops", async ({ model, llm, spaceId, calls }) => {
  model.nextAt("transcriptions", { type: "hang" });
  const stop = new AbortController();
  // Nothing but the stop can end this before the test's own limit.
  const one = llm({ timeoutMs: 60_000 });
  const hearing = one.transcribe(VOICE, { spaceId, signal: stop.signal, model: MODEL });
  const settled = expect(hearing).rejects.toMatchObject({ code: "cancelled" });
  await expect.poll(() => model.transcribed.length).toBe(1);
  stop.abort();
  await settled;
  await expect.poll(async () => outcomes(await calls())).toEqual(["cancelled"]);
});
