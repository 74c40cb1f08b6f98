import { z } from "zod";

import type { Ctx } from "#server/lib/ctx.ts";
import { note } from "#server/lib/log.ts";

import type { OperationInput, OperationResult, RunOptions } from "./kb.ts";
import { type Held, waitCancelled } from "./lock.ts";
import { perform } from "./perform.ts";
import type { Room } from "./room.ts";
import { takeInFetched } from "./take-in.ts";
import { newUnit, type Unit } from "./unit.ts";
import { showInQueue } from "./visible.ts";

/** As many units in one turn: whoever waits in another process is not kept waiting for longer than that. */
const MOST_IN_A_TURN = 16;

/**
 * Does operations as one unit under the lock: at most one commit holds what is new of them. Whoever has the lock does the units of
 * all who wait in this process by then, in their order: each is a commit of its own, and one write of the branch and one transaction
 * serve them all. See `Kb.runOperation`.
 * @param subject of the commit where it holds more than one of them
 */
export async function runOperations(
  ctx: Ctx,
  room: Room,
  operations: readonly OperationInput[],
  { signal, subject }: RunOptions & { subject?: string } = {},
): Promise<Array<OperationResult | null>> {
  if (operations.length === 0) return [];
  for (const { operationId } of operations) z.uuid().parse(operationId);
  const queuedAt = ctx.now();
  const queue = showInQueue(ctx, room, operations, queuedAt);
  const unit = newUnit({ ctx, operations, subject, queuedAt, leaveQueue: queue.leave });
  let done: Map<string, OperationResult>;
  try {
    await room.remote?.fetcher.freshen();
    done = await takeTurn(ctx, room, unit, signal);
  } catch (error) {
    await queue.giveUp(error);
    throw error;
  }
  note({ operations: operations.length, done: done.size });
  // The commit stands; the folder follows.
  if (done.size > 0) void room.workTree.bring();
  return operations.map(({ operationId }) => done.get(operationId) ?? null);
}

/** Waits until this unit was done, by whoever gets the lock first. */
async function takeTurn(
  ctx: Ctx,
  room: Room,
  unit: Unit,
  signal: AbortSignal | undefined,
): Promise<Map<string, OperationResult>> {
  // Ends one's own wait for the lock when somebody else's turn did the work.
  const noNeed = new AbortController();
  const giveUp = () => {
    if (leave(room, unit)) unit.outcome.reject(waitCancelled());
  };
  signal?.addEventListener("abort", giveUp);
  room.waiting.push(unit);
  if (signal?.aborted) giveUp();
  const turn = room.lock
    .hold(async (held) => {
      // Once, unless it waits behind another try of the same operation.
      while (room.waiting.includes(unit)) await doTurn(ctx, room, held);
    }, noNeed.signal)
    .catch((error: unknown) => {
      if (leave(room, unit)) unit.outcome.reject(error);
    });
  try {
    return await unit.outcome.promise;
  } finally {
    signal?.removeEventListener("abort", giveUp);
    noNeed.abort();
    await turn;
  }
}

/** Does what waits, from the front: each operation once. What goes wrong is the outcome of those units that have none yet. */
async function doTurn(ctx: Ctx, room: Room, held: Held): Promise<void> {
  const ids = new Set<string>();
  const units: Unit[] = [];
  for (const unit of room.waiting) {
    const own = unit.operations.map((operation) => operation.operationId);
    if (units.length === MOST_IN_A_TURN || own.some((id) => ids.has(id))) break;
    for (const id of own) ids.add(id);
    units.push(unit);
  }
  room.waiting.splice(0, units.length);
  try {
    for (const each of units) await each.leaveQueue();
    await takeInFetched(ctx, room, held, units[0]?.queuedAt ?? ctx.now());
    await perform(ctx, room, held, units);
  } catch (error) {
    for (const each of units) each.outcome.reject(error);
  }
}

/** @returns false where its turn has begun */
function leave(room: Room, unit: Unit): boolean {
  const at = room.waiting.indexOf(unit);
  if (at >= 0) room.waiting.splice(at, 1);
  return at >= 0;
}
