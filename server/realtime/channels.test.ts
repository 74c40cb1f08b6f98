import { expect, test } from "vitest";

import { createChannels } from "./channels.ts";

/** Subscribers that write down what they are sent. */
function crowd(size: number) {
  return Array.from({ length: size }, (_, i) => {
    const heard: string[] = [];
    return { socketId: `1.${i}`, heard, send: (frame: Buffer) => void heard.push(JSON.parse(frame.toString()).event) };
  });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("broadcasts never overtake each other, not even of a small channel after a large one", async () => {
  const channels = createChannels();
  const everyone = crowd(1_200);
  const last = everyone.at(-1)!;
  for (const each of everyone) channels.subscribe("large", each);
  channels.subscribe("small", last);

  channels.broadcast({ channels: ["large"], name: "first", data: "{}" });
  channels.broadcast({ channels: ["small"], name: "second", data: "{}" });
  channels.broadcast({ channels: ["large"], name: "third", data: "{}" });
  // The end of a large channel waits for its turn, so that requests are served in between.
  expect(everyone[0]!.heard).toEqual(["first"]);
  expect(last.heard).toEqual([]);
  while (everyone.some((each) => !each.heard.includes("third"))) await turn();

  expect(last.heard).toEqual(["first", "second", "third"]);
  for (const each of everyone.slice(0, -1)) expect(each.heard).toEqual(["first", "third"]);
});

test("who leaves while a broadcast is under way hears no more of it; who comes hears only what is said later", async () => {
  const channels = createChannels();
  const everyone = crowd(1_200);
  for (const each of everyone) channels.subscribe("large", each);
  const [leaver, newcomer] = [everyone.at(-1)!, crowd(1)[0]!];

  channels.broadcast({ channels: ["large"], name: "first", data: "{}" });
  channels.unsubscribe("large", leaver);
  channels.subscribe("large", newcomer);
  channels.broadcast({ channels: ["large"], name: "second", data: "{}" });
  while (!newcomer.heard.includes("second")) await turn();

  expect(leaver.heard).toEqual([]);
  expect(newcomer.heard).toEqual(["second"]);
});

test("the socket that caused an event can be left out, and an empty channel is forgotten", () => {
  const channels = createChannels();
  const [a, b] = crowd(2) as [ReturnType<typeof crowd>[number], ReturnType<typeof crowd>[number]];
  channels.subscribe("c", a);
  channels.subscribe("c", b);
  channels.broadcast({ channels: ["c"], name: "e", data: "{}", exceptSocketId: a.socketId });
  expect([a.heard, b.heard]).toEqual([[], ["e"]]);
  expect(channels.subscriptionCount("c")).toBe(2);
  channels.unsubscribe("c", a);
  channels.unsubscribe("c", b);
  expect(channels.occupied()).toEqual([]);
});
