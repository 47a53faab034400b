// The name of an error for the log; never its message, which may contain numbers or secrets.

/** The class of an error; `unknown` for anything else that was thrown. */
export const errorName = (error: unknown): string =>
  error instanceof Error ? error.name : 'unknown';
