// How long a newly opened screen or dialogue ignores presses.

/** ms. Longer than a double tap, shorter than reading the screen. */
export const OPENING_MS = 400;
