import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { createRefresher } from "./refresher.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A query that somebody looks at, and how often it was fetched. */
async function watched(queryKey: string[], takesMs: number) {
  const client = new QueryClient();
  let fetched = 0;
  const fetch = () =>
    new Promise<number>((resolve) => {
      setTimeout(() => resolve((fetched += 1)), takesMs);
    });
  const observer = new QueryObserver(client, { queryKey, queryFn: fetch });
  const stop = observer.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(takesMs);
  return { client, stop, fetched: () => fetched };
}

test("a burst of events costs one fetch at once and one after it", async () => {
  const { client, stop, fetched } = await watched(["messages"], 20);
  const refresher = createRefresher(client, 80);
  for (let count = 0; count < 100; count += 1) refresher.refresh([{ queryKey: ["messages"] }]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fetched()).toBe(1 + 2);
  stop();
});

test("events that keep coming never abort a slow fetch for ever", async () => {
  const { client, stop, fetched } = await watched(["messages"], 300);
  const refresher = createRefresher(client, 80);
  for (let count = 0; count < 50; count += 1) {
    refresher.refresh([{ queryKey: ["messages"] }]);
    await vi.advanceTimersByTimeAsync(40);
  }
  expect(fetched()).toBeGreaterThanOrEqual(4);
  stop();
});

test("an event during the last fetch leads to another one", async () => {
  const { client, stop, fetched } = await watched(["messages"], 100);
  const refresher = createRefresher(client, 80);
  refresher.refresh([{ queryKey: ["messages"] }]);
  await vi.advanceTimersByTimeAsync(50);
  refresher.refresh([{ queryKey: ["messages"] }]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fetched()).toBe(1 + 2);
  stop();
});
