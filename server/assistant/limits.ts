/** One person may have so many requests under way; more of them are refused with a time to come back at. */
export const MOST_WAITING = 20;
