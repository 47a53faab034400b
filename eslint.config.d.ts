// Types of what the tests read from eslint.config.js; the configuration itself is plain JavaScript.

/** The table of who may import whom, by room. */
export const rooms: Readonly<Record<string, unknown>>;
