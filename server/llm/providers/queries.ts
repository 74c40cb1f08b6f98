import type { Actor, Ctx } from "#server/lib/ctx.ts";

import type { Provider } from "../provider.ts";
import { ModelUse, ProviderKind } from "../schema.ts";
import type { Endpoints } from "./endpoints.ts";

type Choice = { providerId: string | null; model: string };

/** What a space has of models: its providers without their keys, and who is asked for what. */
export async function listProviders(
  { endpoints, environment }: { endpoints: Endpoints; environment: Provider },
  ctx: Ctx,
  { spaceId }: { spaceId: string },
) {
  const [rows, choices] = await Promise.all([
    ctx.db.prisma.llmProvider.findMany({ where: { spaceId }, orderBy: { createdAt: "asc" } }),
    choicesOf(ctx, spaceId),
  ]);
  return {
    environment: { label: environment.label, model: environment.model, isModel: environment.isModel },
    allowsPrivate: endpoints.allowsPrivate,
    providers: rows.map((row) => ({
      id: row.id,
      name: row.name,
      kind: ProviderKind.catch("compatible").parse(row.kind),
      baseUrl: row.baseUrl,
      hasKey: row.sealedKey !== null,
      isOn: row.isOn,
      problem: row.problem,
      testedAt: row.testedAt,
      updatedBy: (row.updatedBy as Actor).name,
      updatedAt: row.updatedAt,
    })),
    choices: Object.fromEntries(
      ModelUse.options.map((use) => [use, choices.filter((each) => each.use === use).map(asChoice)]),
    ) as Record<ModelUse, Choice[]>,
  };
}

/** The models that a run may be read by: those chosen for extraction first, then the environment's, then any other that was chosen. */
export async function modelsForRuns(
  { endpoints, environment }: { endpoints: Endpoints; environment: Provider },
  ctx: Ctx,
  { spaceId }: { spaceId: string },
): Promise<Array<Choice & { label: string }>> {
  const chosen = (await choicesOf(ctx, spaceId)).filter(({ use }) => use !== "embeddings");
  const [first, others] = [
    chosen.filter(({ use }) => use === "extraction"),
    chosen.filter(({ use }) => use !== "extraction"),
  ].map((choices) =>
    choices.flatMap(({ provider, providerId, model }) => {
      if (providerId === null) return endpoints.ofEnvironment(model);
      return provider?.isOn ? [endpoints.ofProvider(provider, model)] : [];
    }),
  );
  const own = environment.model === null ? [] : endpoints.ofEnvironment(environment.model);
  const all = [...(first ?? []), ...own, ...(others ?? [])].map(({ providerId, model, label }) => ({
    providerId,
    model,
    label,
  }));
  return all.filter(
    (each, at) =>
      all.findIndex(({ providerId, model }) => providerId === each.providerId && model === each.model) === at,
  );
}

function choicesOf(ctx: Ctx, spaceId: string) {
  return ctx.db.prisma.modelChoice.findMany({
    where: { spaceId },
    include: { provider: true },
    orderBy: [{ use: "asc" }, { position: "asc" }],
  });
}

const asChoice = ({ providerId, model }: Choice): Choice => ({ providerId, model });
