import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { readSetting } from "#server/settings/index.ts";

import { isModelId, type ModelEnv, type Provider, RULES, type Target } from "../provider.ts";
import type { ModelUse } from "../schema.ts";
import type { Endpoints, ProviderRow } from "./endpoints.ts";

export type Wanted = {
  spaceId: string;
  /** Null: none that a space chooses for. */
  use: ModelUse | null;
  providerId?: string | null | undefined;
  model?: string | undefined;
};

/**
 * Who is to be asked, in this order; nobody where only the rules can answer.
 * What was asked for by name is asked alone, so that nothing else answers in its place.
 * @throws AppError invalid_input where what was asked for by name cannot be
 */
export type TargetsFor = (wanted: Wanted) => Promise<Target[]>;

export function createTargets({
  env,
  db,
  endpoints,
}: {
  env: ModelEnv;
  db: Pick<Db, "prisma">;
  endpoints: Endpoints;
}): TargetsFor {
  const choicesOf = (spaceId: string) =>
    db.prisma.modelChoice.findMany({
      where: { spaceId },
      include: { provider: true },
      orderBy: [{ use: "asc" }, { position: "asc" }],
    });
  type Choice = Awaited<ReturnType<typeof choicesOf>>[number];

  const asTargets = ({ providerId, provider, model }: Choice): Target[] => {
    if (providerId === null) return endpoints.ofEnvironment(model);
    return provider?.isOn ? [endpoints.ofProvider(provider, model)] : [];
  };

  const byProvider = async (spaceId: string, providerId: string, model: string | undefined): Promise<Target[]> => {
    const provider = await db.prisma.llmProvider.findFirst({ where: { id: providerId, spaceId } });
    if (!provider) throw wrong("The provider that was to answer is gone. Nothing was done; choose another model.");
    if (!provider.isOn) throw wrong(`${provider.name} is switched off. Nothing was done; choose another model.`);
    if (model === undefined) throw wrong(`No model of ${provider.name} was named. Nothing was done; choose one.`);
    return [endpoints.ofProvider(provider satisfies ProviderRow, model)];
  };

  const byModel = async ({ spaceId, use }: Wanted, model: string): Promise<Target[]> => {
    const named = (await choicesOf(spaceId)).filter((choice) => choice.model === model);
    if (named.length === 0) return endpoints.ofEnvironment(model);
    return [...named.filter((choice) => choice.use === use), ...named].flatMap(asTargets).slice(0, 1);
  };

  const byDefault = async ({ spaceId, use }: Wanted): Promise<Target[]> => {
    if (!endpoints.environment || use === null) return [];
    switch (use) {
      case "extraction":
        return endpoints.ofEnvironment(env.LLM_MODEL);
      case "embeddings": {
        const model = await readSetting(db, spaceId, "assistant.embeddingModel");
        return model === "" ? [] : endpoints.ofEnvironment(model);
      }
      default: {
        const model = await readSetting(db, spaceId, "assistant.model");
        return endpoints.ofEnvironment(model || env.LLM_MODEL);
      }
    }
  };

  return async (wanted) => {
    const { spaceId, use, providerId, model } = wanted;
    if (model !== undefined && model !== env.LLM_MODEL && !isModelId(model)) {
      throw wrong("There is no model of that name. Nothing was done; choose another model.");
    }
    if (providerId) return byProvider(spaceId, providerId, model);
    if (providerId === null) return endpoints.ofEnvironment(model ?? env.LLM_MODEL);
    if (model !== undefined) return byModel(wanted, model);
    const chosen = (await choicesOf(spaceId)).filter((choice) => choice.use === use);
    // Where those that were chosen are switched off nobody is asked: what was meant for one's own machine goes to no other.
    return chosen.length > 0 ? chosen.flatMap(asTargets) : byDefault(wanted);
  };
}

/** A target as screens show it; the rules where there is none. */
export function asProvider(target: Target | undefined): Provider {
  if (!target) return RULES;
  const { kind, model, label, providerId } = target;
  return { name: kind, model, label, isModel: true, providerId };
}

function wrong(words: string): AppError {
  return new AppError("invalid_input", words);
}
