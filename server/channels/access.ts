import { createHmac } from "node:crypto";

import type { Channel, PairingSubject } from "#prisma/enums.ts";
import { enqueue } from "#server/jobs/index.ts";
import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { type DoorLine, turnAway, welcome } from "./access-jobs.ts";
import type { Place } from "./channel.ts";

/** Who may be heard, of those that were asked about. Whoever lets someone in while it is held adds them. */
export type Door = {
  /** Whether the space hears everyone, as its setting says. */
  isOpen: boolean;
  /** Those who are paired, by the channel's ids. */
  people: Set<string>;
  chats: Set<string>;
  /** People of whose words in groups nothing is kept. */
  optedOut: Set<string>;
};

/** Whom a pairing is about: a person or a chat of a channel. */
export type Subject = { spaceId: string; channel: Channel; subject: PairingSubject; externalId: string };

/** How many may wait to be let in at a time: more are told to ask in person. */
const MOST_WAITING = 200;
const DAY_MS = 24 * 3_600_000;

/** Looks up in one statement, however many are asked about. */
export async function lookAtDoor(
  tx: Tx,
  about: { spaceId: string; channel: Channel; personIds: string[]; chatIds: string[] },
): Promise<Door> {
  const [row] = await tx.query<{ access: string | null; people: string[]; chats: string[]; optedOut: string[] }>(
    `select (select value #>> '{}' from settings where space_id = $1 and key = $2 || '.access') as access,
            array(select external_id from pairings where space_id = $1 and channel = $2::"Channel" and status = 'approved'
                    and subject = 'person' and external_id = any($3)) as people,
            array(select external_id from pairings where space_id = $1 and channel = $2::"Channel" and status = 'approved'
                    and subject = 'chat' and external_id = any($4)) as chats,
            array(select external_id from contributors where space_id = $1 and channel = $2::"Channel"
                    and opted_out_at is not null and external_id = any($3)) as "optedOut"`,
    [about.spaceId, about.channel, about.personIds, about.chatIds],
  );
  return {
    isOpen: row?.access === "everyone",
    people: new Set(row?.people),
    chats: new Set(row?.chats),
    optedOut: new Set(row?.optedOut),
  };
}

/** What became of a wish to be let in. `full`: too many wait, so that this one was not kept. */
type Asked = "asked" | "approved" | "refused" | "full";

/** Keeps that someone asked to be let in, with their name. Asking again changes nothing. */
export async function askToBePaired(
  tx: Tx,
  ctx: Ctx,
  { spaceId, channel, subject, externalId, displayName }: Subject & { displayName: string },
): Promise<Asked> {
  const find = async () => {
    const [known] = await tx.query<{ status: "asked" | "approved" | "refused" }>(
      "select status from pairings where channel = $1 and subject = $2 and external_id = $3",
      [channel, subject, externalId],
    );
    return known?.status;
  };
  const known = await find();
  if (known) return known;
  const [made] = await tx.query(
    `insert into pairings (id, space_id, channel, subject, external_id, display_name, status, asked_at)
     select $1, $2, $3, $4, $5, $6, 'asked', $7
      where (select count(*) from pairings where space_id = $2 and status = 'asked') < $8
     on conflict (channel, subject, external_id) do nothing returning id`,
    [newId(), spaceId, channel, subject, externalId, displayName, ctx.now(), MOST_WAITING],
  );
  if (!made) return (await find()) ?? "full";
  emit(tx, { spaceId, type: "pairing.asked", subjectId: String(made["id"]), actor: ctx.actor, at: ctx.now() });
  return "asked";
}

/** Lets someone in, whatever was decided of them before. */
export async function letIn(
  tx: Tx,
  ctx: Ctx,
  { spaceId, channel, subject, externalId, displayName, by }: Subject & { displayName: string; by: unknown },
): Promise<void> {
  const [row] = await tx.query<{ id: string }>(
    `insert into pairings (id, space_id, channel, subject, external_id, display_name, status, asked_at, decided_at, decided_by)
     values ($1, $2, $3, $4, $5, $6, 'approved', $7, $7, $8)
     on conflict (channel, subject, external_id) do update
        set space_id = excluded.space_id, status = excluded.status, display_name = excluded.display_name,
            decided_at = excluded.decided_at, decided_by = excluded.decided_by
     returning id`,
    [newId(), spaceId, channel, subject, externalId, displayName, ctx.now(), JSON.stringify(by)],
  );
  emit(tx, { spaceId, type: "pairing.decided", subjectId: row?.id ?? externalId, actor: ctx.actor, at: ctx.now() });
}

/** A chat goes on under another id, and stays let in there. Doing it again changes nothing. */
export async function movePairing(tx: Tx, move: { channel: Channel; from: string; to: string }): Promise<void> {
  await tx.query(
    `with gone as (
       delete from pairings where channel = $1 and subject = 'chat' and external_id = $2 returning *
     )
     insert into pairings as known (id, space_id, channel, subject, external_id, display_name, status, asked_at, decided_at, decided_by)
     select id, space_id, channel, subject, $3, display_name, status, asked_at, decided_at, decided_by from gone
     on conflict (channel, subject, external_id) do update
        set status = excluded.status, decided_at = excluded.decided_at, decided_by = excluded.decided_by
      where known.status = 'asked' and excluded.status <> 'asked'`,
    [move.channel, move.from, move.to],
  );
}

/** The admin or reviewer that someone on a channel is, as they showed with a link of their own; null for anyone else. */
export async function decider(
  tx: Tx,
  { spaceId, channel, externalId }: Omit<Subject, "subject">,
): Promise<{ type: "user"; userId: string; name: string } | null> {
  const [user] = await tx.query<{ userId: string; name: string }>(
    `select users.id as "userId", users.name from contributors c
       join memberships m on m.user_id = c.user_id and m.space_id = c.space_id and m.role in ('reviewer', 'admin')
       join users on users.id = c.user_id
      where c.space_id = $1 and c.channel = $2 and c.external_id = $3`,
    [spaceId, channel, externalId],
  );
  return user ? { type: "user", ...user } : null;
}

/**
 * Says a line to someone who is not heard: each line at most once a day to a person or group. That it was said is known by a keyed
 * hash, and the id stands only in the job, which is gone once it ran.
 * @param secret makes the hash one that nobody else can look up
 */
export async function sayAtDoor(
  tx: Tx,
  ctx: Ctx,
  { channel, place, line, secret }: { channel: Channel; place: Place; line: DoorLine; secret: string },
): Promise<void> {
  const now = ctx.now().getTime();
  const hash = createHmac("sha256", secret).update(`${channel}:${place.externalId}`).digest("base64url");
  const [isFirst] = await tx.query(
    `insert into rate_limits as said (key, points, expire) values ($1, 1, $2)
     on conflict (key) do update set points = 1, expire = excluded.expire where said.expire < $3 returning key`,
    [`door-${line}:${hash}`, now + DAY_MS, now],
  );
  if (isFirst) await enqueue(tx, turnAway, { channel, place, line });
}

/** Says that someone is heard from now on. */
export async function sayWelcome(
  tx: Tx,
  { channel, place, subject }: { channel: Channel; place: Place; subject: PairingSubject },
): Promise<void> {
  await enqueue(tx, welcome, { channel, place, subject });
}
