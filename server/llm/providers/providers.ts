import type { z } from "zod";

import type { Ctx } from "#server/lib/ctx.ts";

import type { Attempt } from "../attempt.ts";
import type { Provider } from "../provider.ts";
import { addProvider, changeProvider, type ChangedProvider, type NewProvider } from "./commands.ts";
import type { Endpoints } from "./endpoints.ts";
import { listProviders, modelsForRuns } from "./queries.ts";
import { availableModels, type Tested, testProvider } from "./test-call.ts";

type Named = { spaceId: string; providerId: string };

/** What is done with the providers of a space wherever their keys, or the server's own endpoint, are needed. */
export type Providers = {
  add: (ctx: Ctx, input: { spaceId: string } & z.infer<typeof NewProvider>) => Promise<{ id: string }>;
  change: (ctx: Ctx, input: { spaceId: string } & z.infer<typeof ChangedProvider>) => Promise<void>;
  test: (ctx: Ctx, input: Named) => Promise<Tested>;
  available: (ctx: Ctx, input: Named) => Promise<string[]>;
  list: (ctx: Ctx, input: { spaceId: string }) => ReturnType<typeof listProviders>;
  forRuns: (ctx: Ctx, input: { spaceId: string }) => ReturnType<typeof modelsForRuns>;
};

export function createProviders(deps: { endpoints: Endpoints; attemptAt: Attempt; environment: Provider }): Providers {
  const { endpoints } = deps;
  return {
    add: (ctx, input) => addProvider(endpoints, ctx, input),
    change: (ctx, input) => changeProvider(endpoints, ctx, input),
    test: (ctx, input) => testProvider(deps, ctx, input),
    available: (ctx, input) => availableModels(endpoints, ctx, input),
    list: (ctx, input) => listProviders(deps, ctx, input),
    forRuns: (ctx, input) => modelsForRuns(deps, ctx, input),
  };
}
