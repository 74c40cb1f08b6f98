import { createLoader, parseAsStringLiteral } from "nuqs/server";

/** Which operations the Sync page lists; null is all of them. */
export const syncParams = { show: parseAsStringLiteral(["failed", "conflicted"] as const) };
export type Shown = "failed" | "conflicted" | null;
export const loadSyncParams = createLoader(syncParams);

/** The question that the list asks: the same on the server and in the browser, so that it is asked once. */
export const operationsInput = (spaceId: string, show: Shown) => ({ spaceId, ...(show ? { status: show } : {}) });

/** Over how many days the lock times are told. */
export const LOCK_DAYS = 7;
