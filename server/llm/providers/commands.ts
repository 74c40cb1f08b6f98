import { z } from "zod";

import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx, violatedConstraint } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import { isModelId } from "../provider.ts";
import { ModelUse, ProviderKind } from "../schema.ts";
import { checkBaseUrl } from "./base-url.ts";
import type { Endpoints } from "./endpoints.ts";
import { BASE_URLS } from "./kinds.ts";

const MOST_PROVIDERS = 20;
const MOST_CHOICES = 5;

const Name = z
  .string()
  .trim()
  .min(1, "A provider needs a name.")
  .max(60, "A name has at most 60 characters.")
  .refine((name) => name.isWellFormed() && !/\p{Cc}/u.test(name), "A name is one line of plain words.");
/** As keys are written: one word. Whatever else is in it would break the header that it travels in. */
const Key = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,1000}$/u, "That is no key: it has no spaces, and at most 1,000 characters.");
const BaseUrl = z.string().trim().max(500, "An address has at most 500 characters.");

export const NewProvider = z.object({
  name: Name,
  kind: ProviderKind,
  /** Left out: where endpoints of this kind are. */
  baseUrl: BaseUrl.optional(),
  /** Null: it wants none. */
  key: Key.nullable().optional(),
});

/** What is left out stays as it is; a key of null takes it away. */
export const ChangedProvider = z.object({
  providerId: z.uuid(),
  name: Name.optional(),
  baseUrl: BaseUrl.optional(),
  key: Key.nullable().optional(),
  isOn: z.boolean().optional(),
});

/** Who is asked for a use, in this order; none: whoever the environment names. */
export const Choices = z.object({
  use: ModelUse,
  choices: z
    .array(
      z.object({
        /** Null: the environment's endpoint. */
        providerId: z.uuid().nullable(),
        model: z.string().trim().refine(isModelId, "That is no name of a model."),
      }),
    )
    .max(MOST_CHOICES, `At most ${MOST_CHOICES} models stand in for each other.`),
});

type InSpace<T> = T & { spaceId: string };

/**
 * Adds a provider to a space. Its key is sealed before it is kept, and never comes out again.
 * @throws AppError invalid_input saying what is wrong with its address; conflict where the name is taken
 */
export async function addProvider(
  endpoints: Endpoints,
  ctx: Ctx,
  input: InSpace<z.infer<typeof NewProvider>>,
): Promise<{ id: string }> {
  const { spaceId, name, kind, key } = input;
  const baseUrl = await checkBaseUrl(input.baseUrl || BASE_URLS[kind], endpoints);
  const id = newId();
  const at = ctx.now();
  await naming(name, () =>
    transaction(ctx.db, async (tx) => {
      await lockSpace(tx, spaceId);
      const [found] = await tx.query<{ count: number }>(
        "select count(*)::int as count from llm_providers where space_id = $1",
        [spaceId],
      );
      if ((found?.count ?? 0) >= MOST_PROVIDERS) {
        throw new AppError(
          "invalid_input",
          `A space has at most ${MOST_PROVIDERS} providers. Remove one that is not used, then add this one.`,
        );
      }
      await tx.query(
        `insert into llm_providers (id, space_id, name, kind, base_url, sealed_key, updated_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
        [id, spaceId, name, kind, baseUrl, key ? endpoints.seal.seal(key, id) : null, ctx.actor, at],
      );
      announce(tx, ctx, spaceId);
    }),
  );
  return { id };
}

/**
 * Changes a provider. Where its address names another host, its key has to be entered again: nobody who may change the one
 * may have the other sent wherever they like.
 * @throws AppError not_found; invalid_input; conflict where the name is taken
 */
export async function changeProvider(
  endpoints: Endpoints,
  ctx: Ctx,
  input: InSpace<z.infer<typeof ChangedProvider>>,
): Promise<void> {
  const { spaceId, providerId, key } = input;
  const baseUrl = input.baseUrl === undefined ? undefined : await checkBaseUrl(input.baseUrl, endpoints);
  await naming(input.name ?? "", () =>
    transaction(ctx.db, async (tx) => {
      const [before] = await tx.query<{ base_url: string; has_key: boolean }>(
        "select base_url, sealed_key is not null as has_key from llm_providers where id = $1 and space_id = $2 for update",
        [providerId, spaceId],
      );
      if (!before) throw noSuchProvider();
      const isElsewhere = baseUrl !== undefined && new URL(baseUrl).origin !== new URL(before.base_url).origin;
      if (isElsewhere && before.has_key && key === undefined) {
        throw new AppError(
          "invalid_input",
          "The key that is kept was given for another host. Enter the key for the new address too, or remove it. Nothing was changed.",
        );
      }
      await tx.query(
        `update llm_providers
            set name = coalesce($3, name), base_url = coalesce($4, base_url), is_on = coalesce($5, is_on),
                sealed_key = case when $6 then $7 else sealed_key end,
                problem = case when $8 then null else problem end, tested_at = case when $8 then null else tested_at end,
                updated_by = $9, updated_at = $10
          where id = $1 and space_id = $2`,
        [
          ...[providerId, spaceId, input.name ?? null, baseUrl ?? null, input.isOn ?? null],
          ...[key !== undefined, key ? endpoints.seal.seal(key, providerId) : null],
          ...[key !== undefined || baseUrl !== undefined, ctx.actor, ctx.now()],
        ],
      );
      announce(tx, ctx, spaceId);
    }),
  );
}

/** Removes a provider, and with it the choices of its models. @throws AppError not_found */
export async function removeProvider(ctx: Ctx, input: { spaceId: string; providerId: string }): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const [removed] = await tx.query("delete from llm_providers where id = $1 and space_id = $2 returning id", [
      input.providerId,
      input.spaceId,
    ]);
    if (!removed) throw noSuchProvider();
    announce(tx, ctx, input.spaceId);
  });
}

/**
 * Says who is asked for a use, and in which order others are.
 * @throws AppError not_found where a provider is not of this space; invalid_input where one model is named twice
 */
export async function chooseModels(ctx: Ctx, input: InSpace<z.infer<typeof Choices>>): Promise<void> {
  const { spaceId, use, choices } = input;
  const named = choices.map(({ providerId, model }) => `${providerId} ${model}`);
  if (new Set(named).size < named.length) {
    throw new AppError("invalid_input", "The same model is named twice. Nothing was changed.");
  }
  const ids = [...new Set(choices.flatMap(({ providerId }) => providerId ?? []))];
  await transaction(ctx.db, async (tx) => {
    await lockSpace(tx, spaceId);
    const known = await tx.query("select id from llm_providers where space_id = $1 and id = any($2) for share", [
      spaceId,
      ids,
    ]);
    if (known.length < ids.length) throw noSuchProvider();
    await tx.query("delete from model_choices where space_id = $1 and use = $2", [spaceId, use]);
    for (const [position, { providerId, model }] of choices.entries()) {
      await tx.query(
        "insert into model_choices (id, space_id, use, position, provider_id, model) values ($1, $2, $3, $4, $5, $6)",
        [newId(), spaceId, use, position, providerId, model],
      );
    }
    announce(tx, ctx, spaceId);
  });
}

export function noSuchProvider(): AppError {
  return new AppError("not_found", "There is no such provider in this space.");
}

/** That what a space has of models has changed. */
export function announce(tx: Tx, ctx: Ctx, spaceId: string): void {
  emit(tx, { spaceId, type: "settings.changed", subjectId: "models", actor: ctx.actor, at: ctx.now() });
}

/** Of two at once, one after the other. */
async function lockSpace(tx: Tx, spaceId: string): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`models ${spaceId}`]);
}

async function naming<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatedConstraint(error) !== "llm_providers_name_key") throw error;
    throw new AppError(
      "conflict",
      `There is a provider called “${name}” already. Nothing was changed; take another name.`,
    );
  }
}
