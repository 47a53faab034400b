// Durations that rules of several subjects share, ms.

export const DAY_MS = 24 * 60 * 60 * 1000;
/** Thirty days, whatever the calendar says. */
export const MONTH_MS = 30 * DAY_MS;
