import { createLoader } from "nuqs/server";

import { parseAsUuid } from "#components/review/filters.ts";

/** Which two runs stand beside each other lives in the address. */
export const compareParams = { a: parseAsUuid, b: parseAsUuid };
export const loadCompareParams = createLoader(compareParams);
