import { describe, expect } from "vitest";

import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import { approve, reject } from "#server/proposals/index.ts";
import { edit } from "#server/proposals/edit.ts";
import { setPersonal, setSetting } from "#server/settings/index.ts";
import { reviewRoom } from "#tests/support/review.ts";
import { test } from "#tests/support/test.ts";

// Guarantee: whoever may decide, and nobody else, has the proposals that wait as cards, and a card says what is true now.

const labels = (message: { buttons: Array<Array<{ label: string }>> } | undefined) =>
  message?.buttons.map((row) => row.map(({ label }) => label));

describe("who gets cards", () => {
  test("reviewers and admins with a linked account, a private chat that is heard and reachable, and the wish", async ({
    ctx,
    db,
    make,
  }) => {
    const room = await reviewRoom(ctx, make);
    const people = {
      reviewer: await room.join({ name: "Vera" }),
      admin: await room.join({ name: "Ada", role: "admin" }),
      viewer: await room.join({ name: "Vic", role: "viewer" }),
      unlinked: await room.join({ name: "Una", role: null }),
      unheard: await room.join({ name: "Uri", isPaired: false }),
      unwilling: await room.join({ name: "Will" }),
      blocked: await room.join({ name: "Bo" }),
      dismissed: await room.join({ name: "Dee" }),
    };
    await setPersonal(ctx, { contributorId: people.unwilling.contributorId, key: "cards", value: false });
    await db.prisma.chat.update({
      where: { id: people.blocked.chatId },
      data: { unreachable: "The bot was blocked." },
    });
    await db.prisma.membership.deleteMany({ where: { userId: people.dismissed.user!.id } });

    await make.proposal({ runId: room.run.id });
    expect(await room.catchUp()).toEqual([]);
    const withCards = Object.entries(people).filter(([, { externalId }]) => room.messages(externalId).length);
    expect(withCards.map(([who]) => who)).toEqual(["reviewer", "admin"]);
  });

  test("in the dashboard's chat only those who wrote there in the last day", async ({ ctx, db, make }) => {
    const room = await reviewRoom(ctx, make);
    const { spaceId } = room;
    const write = async (name: string, hoursAgo: number) => {
      const user = await make.user({ spaceId, name });
      const data = { spaceId, channel: "web" as const };
      const { id: contributorId } = await db.prisma.contributor.create({
        data: { ...data, id: newId(), externalId: user.id, displayName: name, userId: user.id },
      });
      const { id: chatId } = await db.prisma.chat.create({
        data: { ...data, id: newId(), externalId: `${spaceId}:${user.id}`, kind: "private", title: name },
      });
      await make.message({ chatId, contributorId, sentAt: new Date(Date.now() - hoursAgo * 3_600_000) });
      return chatId;
    };
    const [today, lastWeek] = [await write("Today", 3), await write("Last week", 24 * 7)];
    await make.proposal({ runId: room.run.id });
    await room.catchUp();
    const posts = await db.prisma.post.findMany({ where: { chatId: { in: [today, lastWeek] } } });
    expect(posts.map((post) => post.chatId)).toEqual([today]);
  });

  test("a chat that blocks the bot is marked, and the others have theirs", async ({ ctx, db, make }) => {
    const room = await reviewRoom(ctx, make);
    const [gone, here] = [await room.join({ name: "Gone" }), await room.join({ name: "Here" })];
    const { port } = room.channel;
    room.deps.channels.telegram = {
      ...port,
      send: async (place, ...rest) => {
        if (place.externalId === gone.externalId) throw new AppError("forbidden", "The bot was blocked.");
        return port.send(place, ...rest);
      },
    };
    const proposal = await make.proposal({ runId: room.run.id });
    expect(await room.catchUp()).toEqual([]);
    expect(room.messages(here.externalId)).toHaveLength(1);
    expect((await db.prisma.chat.findUniqueOrThrow({ where: { id: gone.chatId } })).unreachable).toBeTruthy();

    // Back again, they get what they were not shown.
    room.deps.channels.telegram = port;
    await db.prisma.chat.update({ where: { id: gone.chatId }, data: { unreachable: null } });
    await make.proposal({ runId: room.run.id });
    await room.catchUp();
    expect(room.messages(gone.externalId)).toHaveLength(2);
    const first = { chatId: gone.chatId, key: `proposal:${proposal.id}` };
    expect(await db.prisma.post.count({ where: first })).toBe(1);
  });
});

describe("a card", () => {
  test("says what there is to decide, and nothing in it is more than text", async ({ ctx, make }) => {
    const room = await reviewRoom(ctx, make);
    const vera = await room.join({ name: "Vera" });
    const { id } = await make.proposal({
      runId: room.run.id,
      title: "Pay [here](https://evil.test) <b>now</b>",
      body: "**Do** it.\n\n# Today",
    });
    await room.catchUp();
    const [card] = room.messages(vera.externalId);
    expect(card?.text).toContain("Task: Pay");
    expect(card?.text).not.toMatch(/(?<!\\)\[here|(?<!\\)<b>|(?<!\\)\*Do/);
    expect(card?.text).not.toContain("\n# ");
    expect(card?.text).toContain("Nora, please");
    expect(card?.text).toContain("Nora Field");
    expect(card?.text).toContain("Strong evidence.");
    expect(labels(card)).toEqual([["Approve", "Reject"], ["Open in the dashboard"]]);
    expect(card?.buttons[0]).toMatchObject([{ style: "success" }, { style: "danger" }]);
    expect(JSON.stringify(card?.buttons)).toContain(`/review/${id}`);
  });

  test("offers the merge into what it is most like, in the words of its reader", async ({ ctx, make }) => {
    const room = await reviewRoom(ctx, make);
    const vera = await room.join({ name: "Вера", language: "ru-RU" });
    await make.proposal({
      runId: room.run.id,
      title: "Renew the harbour permit for pier 4, and for the two others, soon",
    });
    await make.proposal({ runId: room.run.id, title: "Renew the harbour permit for pier 4, and for the two others" });
    await room.catchUp();
    const [, second] = room.messages(vera.externalId);
    expect(second?.text).toContain("Задача");
    const [, [merge] = []] = labels(second) ?? [];
    expect(merge).toMatch(/^Объединить с Renew the harbour permit/);
    expect(merge!.length).toBeLessThanOrEqual(64);
  });

  test("of what was decided in the dashboard says what, by whom, and has an undo; put back it can be decided again", async ({
    as,
    ctx,
    make,
  }) => {
    const room = await reviewRoom(ctx, make);
    const [vera, ivo] = [await room.join({ name: "Vera" }), await room.join({ name: "Ivo", role: "admin" })];
    const { spaceId } = room;
    const { id: proposalId } = await make.proposal({ runId: room.run.id });
    await room.catchUp();
    await edit(as(vera.user!.actor), { spaceId, proposalId, version: 1, title: "Renew the permit of pier 4" });
    await room.catchUp();
    for (const { externalId } of [vera, ivo]) {
      expect(room.messages(externalId)[0]?.text).toContain("Renew the permit of pier 4");
    }
    await reject(as(vera.user!.actor), { spaceId, proposalId, version: 2, reason: "Too vague" });
    await room.catchUp();
    for (const { externalId } of [vera, ivo]) {
      const [card, ...others] = room.messages(externalId);
      expect(others).toEqual([]);
      expect(card?.text).toMatch(/Rejected: Renew the permit of pier 4[^]*By Vera[^]*Too vague/);
      expect(labels(card)).toEqual([["Undo", "Open in the dashboard"]]);
    }
    const [card] = room.messages(ivo.externalId);
    expect(await room.tap(ivo, ivo, card!.id, "Undo")).toBe("Put back.");
    await room.catchUp();
    expect(room.messages(vera.externalId)[0]?.text).toContain("Put back by Ivo");
    expect(await room.tap(vera, vera, room.messages(vera.externalId)[0]!.id, "Approve")).toBe("Approved.");
  });

  test("of a closed run has no undo", async ({ ctx, db, make }) => {
    const room = await reviewRoom(ctx, make);
    const vera = await room.join({ name: "Vera" });
    const { id: proposalId } = await make.proposal({ runId: room.run.id });
    await room.catchUp();
    await reject(ctx, { spaceId: room.spaceId, proposalId, version: 1 });
    await db.prisma.run.update({ where: { id: room.run.id }, data: { status: "closed" } });
    await room.catchUp();
    expect(labels(room.messages(vera.externalId)[0])).toEqual([["Open in the dashboard"]]);
  });
});

describe("how many", () => {
  test("as many as the setting says; one line counts the rest, and the next comes after a decision or on demand", async ({
    ctx,
    make,
  }) => {
    const room = await reviewRoom(ctx, make);
    const vera = await room.join({ name: "Vera" });
    const { spaceId } = room;
    await setSetting(ctx, { spaceId, key: "telegram.cardsPerRun", value: 2 });
    const titles = ["Ropes", "Paint", "Lamps", "Tide tables", "Keys"];
    const ids: string[] = [];
    for (const title of titles) ids.push((await make.proposal({ runId: room.run.id, title })).id);
    await room.catchUp();
    const texts = () => room.messages(vera.externalId).map(({ text }) => text.split("\n")[0]);
    expect(texts()).toEqual(["**Task: Ropes**", "**Task: Paint**", "And 3 more wait."]);
    expect(room.messages(vera.externalId).map(({ isQuiet }) => isQuiet)).toEqual([false, true, true]);

    await approve(ctx, { spaceId, proposalId: ids[0]!, version: 1 });
    await room.catchUp();
    expect(texts()).toEqual(["**Approved: Ropes**", "**Task: Paint**", "And 2 more wait.", "**Task: Lamps**"]);

    const more = room.messages(vera.externalId)[2]!;
    expect(await room.tap(vera, vera, more.id, "Show the next")).toBeNull();
    expect(texts().slice(2)).toEqual(["And one more waits.", "**Task: Lamps**", "**Task: Tide tables**"]);
    // One more lies open than there is room for: the next waits until there is.
    await approve(ctx, { spaceId, proposalId: ids[1]!, version: 1 });
    await room.catchUp();
    expect(texts()).toHaveLength(5);

    const token = more.buttons.flat().find((button) => "token" in button);
    if (!token || !("token" in token)) throw new Error("The line has no button.");
    expect(await room.tap(vera, vera, more.id, "Show the next")).toBeNull();
    expect(texts()[2]).toBe("No more proposals wait.");
    expect(texts().at(-1)).toBe("**Task: Keys**");
    expect(await room.pressToken(vera, vera.chatId, token.token)).toBe("This button has served its time.");
  });

  test("none where the setting is 0", async ({ ctx, make }) => {
    const room = await reviewRoom(ctx, make);
    const vera = await room.join({ name: "Vera" });
    await setSetting(ctx, { spaceId: room.spaceId, key: "telegram.cardsPerRun", value: 0 });
    await make.proposal({ runId: room.run.id });
    await room.catchUp();
    expect(room.messages(vera.externalId)).toEqual([]);
  });
});
