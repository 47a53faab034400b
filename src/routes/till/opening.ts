// How long a screen that has just opened takes no press on its main act.

/** ms. A double tap is shorter; looking at a screen takes longer. */
export const OPENING_MS = 400;
