// What must be true whatever happens. A broken invariant is a bug: it throws, and the till stops with a screen that says so.

/** Throws when `condition` is false. Never for input or expected outcomes: those are values. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant: ${message}`);
}

/** Closes a `switch` over a union: a kind nobody handled does not compile. */
export function exhausted(value: never): never {
  throw new Error(`Invariant: unhandled kind ${JSON.stringify(value)}`);
}
