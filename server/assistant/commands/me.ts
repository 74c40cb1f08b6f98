import { type PostInput, revise } from "#server/channels/index.ts";
import { escapeText } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";

import { addressesOf } from "../addresses.ts";
import type { Press } from "../tap.ts";
import { button } from "../buttons.ts";
import { type Answer, bullets, moment, paragraphs } from "./answer.ts";
import { asOwner, type Caller } from "./caller.ts";
import { erase } from "./erase.ts";
import { figuresOf } from "./me-figures.ts";
import { itemsFor, valueName } from "./settings-items.ts";

const MOST_NOTES = 10;

/** What is kept about the person who asks: for their eyes alone. */
export const me: Answer = (_deps, ctx, caller) =>
  caller.isPrivate ? mePost(ctx, caller) : { text: caller.words("commands.notHere", { name: "me" }) };

/** Changes what is kept of a person, as they wish. */
export const pressMe: Press<"me"> = (deps, ctx, presser, { wish }) =>
  asOwner(ctx, presser, async (caller) => {
    const { words } = caller;
    const show = (content: PostInput) => revise(deps.channels, ctx, { postId: presser.postId, content }, presser);
    switch (wish) {
      case "optOut":
      case "optIn":
        await recordInGroups(ctx, caller, wish === "optIn");
        await show(await mePost(ctx, caller));
        return null;
      case "delete":
        await show(askPost(caller));
        return null;
      case "deleteSure": {
        const done = await erase(ctx, caller, { keepPostId: presser.postId });
        if (done.type === "busy") return words("me.busy", { count: done.count });
        await show(erasedPost(caller, done, deps.appUrl));
        return null;
      }
      case "close":
        await show({ text: words("me.closed") });
        return null;
    }
  });

/** The same wish again keeps its time. */
async function recordInGroups(ctx: Ctx, { contributorId, spaceId }: Caller, isWanted: boolean): Promise<void> {
  await transaction(ctx.db, (tx) =>
    tx.query(
      `update contributors set opted_out_at = case when $3 then null else coalesce(opted_out_at, $4::timestamptz) end
        where id = $1 and space_id = $2`,
      [contributorId, spaceId, isWanted, ctx.now()],
    ),
  );
}

async function mePost(ctx: Ctx, caller: Caller): Promise<PostInput> {
  const { words, contributorId } = caller;
  const [figures, person, items] = await Promise.all([
    transaction(ctx.db, (tx) => figuresOf(tx, caller)),
    ctx.db.prisma.contributor.findUniqueOrThrow({ where: { id: contributorId } }),
    itemsFor(ctx, caller),
  ]);
  const own = items.filter(({ source }) => source.from === "own");
  const list = own.map((item) => `${item.label}: ${valueName(item, item.value, caller)}`).join(", ");
  const counts = (["messages", "files", "notes", "requests", "memories"] as const).map((what) =>
    words(`me.${what}`, { count: String(figures[what]) }),
  );
  return {
    text: paragraphs(
      words("me.title"),
      bullets([
        ...counts,
        linkedLine(caller),
        list === "" ? words("me.noSettings") : words("me.settings", { list: escapeText(list) }),
      ]),
      person.optedOutAt ? words("me.notRecorded", { since: moment(person.optedOutAt, caller) }) : words("me.recorded"),
    ),
    buttons: [
      [
        person.optedOutAt
          ? button(words("me.button.optIn"), { do: "me", wish: "optIn" })
          : button(words("me.button.optOut"), { do: "me", wish: "optOut" }),
      ],
      [button(words("me.button.delete"), { do: "me", wish: "delete" }, "danger")],
      [button(words("core.button.close"), { do: "me", wish: "close" })],
    ],
  };
}

function linkedLine({ actor, role, words }: Caller): string {
  if (actor.type !== "user") return words("me.notLinked");
  const name = escapeText(actor.name);
  return role ? words("me.linked", { name, role }) : words("me.linkedOutside", { name });
}

function askPost({ words }: Caller): PostInput {
  return {
    text: words("me.askDelete"),
    buttons: [
      [
        button(words("me.button.deleteSure"), { do: "me", wish: "deleteSure" }, "danger"),
        button(words("me.button.keep"), { do: "me", wish: "close" }),
      ],
    ],
  };
}

function erasedPost(
  { words, space, channel }: Caller,
  { figures, notes }: Extract<Awaited<ReturnType<typeof erase>>, { type: "erased" }>,
  appUrl: string,
): PostInput {
  const { note: addressOf } = addressesOf(appUrl, space.slug, channel);
  const links = notes.slice(0, MOST_NOTES).map(({ id, title }) => `[${escapeText(title)}](${addressOf(id)})`);
  const more = notes.length - links.length;
  const listed = bullets([...links, ...(more > 0 ? [words("me.more", { count: String(more) })] : [])]);
  return {
    text: paragraphs(
      words("me.deleted", figures),
      words("me.inChat"),
      links.length > 0 && `${words("me.quoted")}\n\n${listed}`,
    ),
  };
}
