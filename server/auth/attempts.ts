import { createHash } from "node:crypto";

import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";

import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

// How many sign-ins may fail. An address alone is not enough (an attacker has many), an account alone would let anybody
// lock its owner out: so the tight limit is on both together, and the wide ones stop the patient and the distributed.
const LIMITS = {
  /** One person at one place who mistypes. */
  both: { points: 10, duration: 15 * 60 },
  /** One place that tries many accounts. */
  address: { points: 100, duration: 15 * 60 },
  /** One account that is tried from many places. */
  account: { points: 100, duration: 60 * 60 },
} as const;

export type Attempts = {
  /**
   * Counts an attempt before it is made, so that parallel ones cannot all slip through.
   * @throws AppError `rate_limited` saying how long to wait
   */
  begin: (attempt: Attempt) => Promise<void>;
  /** Takes the count of an attempt back, because it was no failure. */
  succeeded: (attempt: Attempt) => Promise<void>;
};

type Attempt = { email: string; address: string };

/** Counts failed sign-ins in Postgres, for all processes together. */
export function createAttempts(db: Pick<Db, "pool">): Attempts {
  const limiter = (name: keyof typeof LIMITS) =>
    new RateLimiterPostgres({
      storeClient: db.pool,
      storeType: "pool",
      tableName: "rate_limits",
      tableCreated: true,
      keyPrefix: `sign-in-${name}`,
      ...LIMITS[name],
    });
  const [both, address, account] = [limiter("both"), limiter("address"), limiter("account")];
  const keysOf = (attempt: Attempt) => {
    const email = createHash("sha256").update(attempt.email.trim().toLowerCase()).digest("base64url");
    return { both: `${email}@${attempt.address}`, address: attempt.address, account: email };
  };

  return {
    begin: async (attempt) => {
      const keys = keysOf(attempt);
      try {
        await both.consume(keys.both);
        await address.consume(keys.address);
        await account.consume(keys.account);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        const minutes = Math.ceil(error.msBeforeNext / 60_000);
        throw new AppError(
          "rate_limited",
          `Too many sign-ins failed. Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`,
        );
      }
    },
    succeeded: async (attempt) => {
      const keys = keysOf(attempt);
      await both.delete(keys.both);
      await address.reward(keys.address);
      await account.reward(keys.account);
    },
  };
}
