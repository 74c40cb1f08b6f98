import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx, violatedConstraint } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import type { RunTrigger } from "#prisma/enums.ts";

import type { RunWishes } from "../schema.ts";
import type { RunInput } from "./runs.ts";
import { OPEN_STATES, STATE_IN_WORDS } from "./state.ts";

type NewRun = Partial<RunWishes> & {
  spaceId: string;
  windowStart: Date;
  windowEnd: Date;
  trigger?: RunTrigger;
  clonedFromId?: string;
};

/**
 * Creates a run over a window; nothing is read before it is started.
 * @throws AppError `conflict` naming the run that is still open; `not_found` for a chat or provider of another space
 */
export async function createRun(ctx: Ctx, input: NewRun): Promise<{ id: string }> {
  await checkNamed(ctx, input);
  try {
    return await transaction(ctx.db, (tx) => createIn(tx, ctx, input));
  } catch (error) {
    if (isOpenConflict(error)) throw await openRunConflict(ctx, input.spaceId);
    throw error;
  }
}

/** The same within a transaction, for chats and providers of this space; throws what `isOpenConflict` knows. */
export async function createIn(tx: Tx, ctx: Ctx, input: NewRun): Promise<{ id: string }> {
  const id = newId();
  const at = ctx.now();
  await tx.query(
    `insert into runs (id, space_id, window_start, window_end, trigger, chat_ids, reads_again, cloned_from_id, provider_id,
                       wanted_model, budget_cents, created_by, created_at)
     values ($1, $2, $3, $4, $5::"RunTrigger", $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      id,
      input.spaceId,
      input.windowStart,
      input.windowEnd,
      input.trigger ?? "manual",
      [...new Set(input.chatIds ?? [])],
      input.readsAgain ?? false,
      input.clonedFromId ?? null,
      input.providerId ?? null,
      input.model ?? null,
      input.budgetCents ?? null,
      ctx.actor,
      at,
    ],
  );
  emit(tx, { spaceId: input.spaceId, type: "run.created", subjectId: id, actor: ctx.actor, at });
  return { id };
}

/** Whether another run of the space is open: only one can be. */
export function isOpenConflict(error: unknown): boolean {
  return violatedConstraint(error) === "runs_one_open_key";
}

/**
 * Creates a run that reads the window of another again, the same chats, with the same model, what was read before included.
 * @throws AppError `conflict` naming the run that is still open
 */
export async function cloneRun(ctx: Ctx, { spaceId, runId }: RunInput): Promise<{ id: string }> {
  const run = await ctx.db.prisma.run.findFirst({ where: { id: runId, spaceId } });
  if (!run) throw new AppError("not_found", "There is no such run in this space.");
  const { windowStart, windowEnd, chatIds, providerId, wantedModel, budgetCents } = run;
  return createRun(ctx, {
    ...{ spaceId, windowStart, windowEnd, chatIds, providerId, budgetCents },
    ...{ model: wantedModel, readsAgain: true, trigger: "clone", clonedFromId: run.id },
  });
}

/** Only chats and providers of the space can be meant. */
async function checkNamed(ctx: Ctx, { spaceId, chatIds = [], providerId, model }: NewRun): Promise<void> {
  if (providerId && !model) {
    throw new AppError("invalid_input", "A provider was chosen, but no model of it. Nothing was created; choose both.");
  }
  const wanted = [...new Set(chatIds)];
  const chats = await ctx.db.prisma.chat.count({ where: { spaceId, id: { in: wanted } } });
  if (chats < wanted.length) {
    throw new AppError(
      "not_found",
      "One of the chats is not in this space. Nothing was created; choose the chats again.",
    );
  }
  if (providerId && !(await ctx.db.prisma.llmProvider.findFirst({ where: { id: providerId, spaceId } }))) {
    throw new AppError(
      "not_found",
      "There is no such provider in this space. Nothing was created; choose the model again.",
    );
  }
}

async function openRunConflict(ctx: Ctx, spaceId: string): Promise<AppError> {
  const words = await openRunInWords(ctx, spaceId);
  if (!words) return new AppError("conflict", "Another run was open a moment ago. Try again.");
  return new AppError("conflict", `${words}. Only one run can be open: close or cancel it, then create a new one.`);
}

/** "The run of Nov 24, 2026, 9:00 AM is waiting for decisions"; null where none is open. */
export async function openRunInWords(ctx: Ctx, spaceId: string): Promise<string | null> {
  const open = await ctx.db.prisma.run.findFirst({
    where: { spaceId, status: { in: OPEN_STATES } },
    include: { space: { select: { timeZone: true } } },
  });
  if (!open) return null;
  const { timeZone } = open.space;
  const started = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", timeZone });
  return `The run of ${started.format(open.createdAt)} is ${STATE_IN_WORDS[open.status]}`;
}
