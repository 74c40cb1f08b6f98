import type OpenAI from "openai";

import type { Resolve } from "#server/lib/address.ts";

import { createClient } from "../client.ts";
import { isModelId, labelOf, type ModelEnv, type Target } from "../provider.ts";
import { ProviderKind } from "../schema.ts";
import { BASE_URLS } from "./kinds.ts";
import { createGuardedFetch } from "./guarded-fetch.ts";
import { createSeal, type Seal } from "./seal.ts";

/** What of a provider's row says where it is. */
export type ProviderRow = {
  id: string;
  name: string;
  kind: string;
  baseUrl: string;
  sealedKey: Uint8Array | null;
  updatedAt: Date;
};

/** The ways to endpoints: the environment's own, and those that spaces have added. */
export type Endpoints = {
  seal: Seal;
  allowsPrivate: boolean;
  /** How the names of hosts are looked up; by the system where it is left out. */
  resolve: Resolve | undefined;
  /** Null where the environment names no endpoint. */
  environment: OpenAI | null;
  ofEnvironment: (model: string) => Target[];
  ofProvider: (row: ProviderRow, model: string) => Target;
};

/** @param secret the server's own: keys of providers are sealed with it */
export function createEndpoints(given: {
  env: ModelEnv;
  secret: string;
  timeoutMs: number;
  resolve?: Resolve | undefined;
}): Endpoints {
  const { env, secret, timeoutMs, resolve } = given;
  const seal = createSeal(secret);
  const allowsPrivate = env.LLM_ALLOW_PRIVATE ?? false;
  const fetch = createGuardedFetch({ allowPrivate: allowsPrivate, resolve });
  const isSet = Boolean(env.OPENAI_API_KEY || env.OPENAI_BASE_URL);
  const environment = isSet
    ? createClient({
        apiKey: env.OPENAI_API_KEY ?? null,
        baseUrl: env.OPENAI_BASE_URL ?? BASE_URLS.openai,
        timeoutMs,
      })
    : null;

  return {
    seal,
    allowsPrivate,
    resolve,
    environment,
    ofEnvironment: (model) =>
      environment
        ? [
            {
              kind: "openai",
              providerId: null,
              model,
              label: labelOf(env, model),
              client: environment,
              key: `environment ${model}`,
              problem: null,
            },
          ]
        : [],
    ofProvider: (row, model) => {
      const key = row.sealedKey === null ? null : seal.open(row.sealedKey, row.id);
      const isLost = row.sealedKey !== null && key === null;
      return {
        kind: ProviderKind.catch("compatible").parse(row.kind),
        providerId: row.id,
        model,
        label: `${model} at ${row.name}`,
        client: createClient({ apiKey: key, baseUrl: row.baseUrl, timeoutMs, fetch }),
        key: `${row.id} ${row.updatedAt.getTime()} ${model}`,
        problem: isLost ? lostKey(row.name) : isModelId(model) ? null : `${row.name} has no model of that name.`,
      };
    },
  };
}

function lostKey(name: string): string {
  return `The key of ${name} cannot be read any more, because the server's secret is another one. Nothing was done; enter the key again in the settings, under Models.`;
}
