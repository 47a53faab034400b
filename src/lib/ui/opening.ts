// How long what has just opened takes no press: a screen on its main act, a dialogue anywhere.

/** ms. A double tap is shorter; looking at a screen takes longer. */
export const OPENING_MS = 400;
