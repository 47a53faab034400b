// Invariants. A broken one is a bug: it throws, and the till stops with the fatal-error screen.

/** A value is beyond what the rules can count with. */
export class BrokenInvariant extends Error {}

/** Throws if `condition` is false. Never used for input or expected outcomes: those are values. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new BrokenInvariant(`Invariant: ${message}`);
}

/** Closes a `switch` over a union: an unhandled kind does not compile. */
export function exhausted(value: never): never {
  throw new Error(`Invariant: unhandled kind ${JSON.stringify(value)}`);
}
