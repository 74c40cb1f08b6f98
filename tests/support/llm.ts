import { createLog } from "#server/lib/log.ts";
import { createLlm, DEFAULT_TIMING, type Llm, type LlmTiming } from "#server/llm/index.ts";

import { type FakeModel, startFakeModel } from "./fake-model.ts";
import { test as base } from "./test.ts";

export const MODEL_KEY = "sk-very-secret-key-123456";

/** An impatient one. */
export const QUICK: LlmTiming = {
  ...DEFAULT_TIMING,
  timeoutMs: 2_000,
  idleMs: 2_000,
  attempts: 3,
  firstPauseMs: 5,
  breakerFailures: 10,
};

type Fixtures = {
  /** An endpoint of the test's own. */
  model: FakeModel;
  /** What was logged, line by line. */
  lines: string[];
  /** An Llm that asks `model`, impatient unless told otherwise. */
  llm: (timing?: Partial<LlmTiming>, env?: Partial<Parameters<typeof createLlm>[0]["env"]>, now?: () => Date) => Llm;
  spaceId: string;
  /** The calls that were kept in the space. */
  calls: () => Promise<KeptCall[]>;
};

type KeptCall = {
  useCase: string;
  model: string;
  requestId: string | null;
  outcome: string;
  attempt: number;
  costUsd: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
};

/** `test` with a fake model, for what is said to models and what is made of their answers. */
export const test = base.extend<Fixtures>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the wanted fixtures from this pattern
  model: async ({}, use) => {
    const model = await startFakeModel();
    await use(model);
    await model.stop();
  },
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the wanted fixtures from this pattern
  lines: async ({}, use) => {
    await use([]);
  },
  llm: async ({ db, model, lines }, use) => {
    const log = createLog({ level: "trace", stream: { write: (line) => void lines.push(line) } });
    await use((timing = {}, env = {}, now = () => new Date()) =>
      createLlm({
        env: { OPENAI_BASE_URL: model.baseUrl, OPENAI_API_KEY: MODEL_KEY, LLM_MODEL: "gpt-4.1-mini", ...env },
        db,
        log,
        now,
        secret: "of-tests",
        timing: { ...QUICK, ...timing },
      }),
    );
  },
  spaceId: async ({ make }, use) => {
    await use((await make.space()).id);
  },
  calls: async ({ db, spaceId }, use) => {
    await use(async () => {
      const rows = await db.prisma.llmCall.findMany({ where: { spaceId }, orderBy: { id: "asc" } });
      return rows.map((row) => ({
        useCase: row.useCase,
        model: row.model,
        requestId: row.requestId,
        outcome: row.outcome,
        attempt: row.attempt,
        costUsd: row.costUsd?.toString() ?? null,
        inputTokens: row.inputTokens,
        outputTokens: row.outputTokens,
      }));
    });
  },
});

/** A signal that nobody aborts. */
export const live = () => new AbortController().signal;

/** How each call ended, in their order. */
export const outcomes = (rows: { outcome: string }[]) => rows.map((row) => row.outcome);
