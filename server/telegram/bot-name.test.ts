import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { createLog } from "#server/lib/log.ts";

import { createBotName } from "./bot-name.ts";

// Guarantees: the name is asked for once, a failure is no error and is not repeated at once, and the token stays out of the log.

const TOKEN = "42:very-secret-token";

async function startTelegram() {
  const state = { asked: 0, isDown: false };
  const server = createServer((_request, response) => {
    state.asked += 1;
    response.statusCode = state.isDown ? 500 : 200;
    response.end(
      JSON.stringify(
        state.isDown
          ? { ok: false, error_code: 500, description: `No ${TOKEN}` }
          : { ok: true, result: { id: 42, is_bot: true, first_name: "W", username: "winnow_test_bot" } },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { state, apiRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("the bot's name is asked for once, and anew some time after a failure", async () => {
  const { state, apiRoot } = await startTelegram();
  const lines: string[] = [];
  const log = createLog({ level: "trace", stream: { write: (line) => void lines.push(line) } });
  let now = 0;
  const env = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: apiRoot };
  const botName = createBotName(env, { log, now: () => new Date(now) });

  state.isDown = true;
  expect(await Promise.all([botName(), botName()])).toEqual([null, null]);
  state.isDown = false;
  expect(await botName()).toBeNull();
  expect(state.asked).toBe(1);
  now += 60_000;
  expect(await Promise.all([botName(), botName()])).toEqual(["winnow_test_bot", "winnow_test_bot"]);
  now += 3_600_000;
  expect(await botName()).toBe("winnow_test_bot");
  expect(state.asked).toBe(2);
  expect(lines).toHaveLength(1);
  expect(lines.join("")).not.toContain("secret-token");

  const without = createBotName(
    { TELEGRAM_BOT_TOKEN: undefined, TELEGRAM_API_ROOT: apiRoot },
    { log, now: () => new Date(0) },
  );
  expect(await without()).toBeNull();
});
