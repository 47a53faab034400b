// Notes beside both copies how far a journal reached, so that losing both ends is noticed.
// It is no copy: it may be older than the journal, or missing.

const keyOf = (database: string) => `${database}-head`;

/** Notes the last stored entry. */
export function noteHead(database: string, till: string, seq: number): void {
  try {
    localStorage.setItem(keyOf(database), `${till} ${seq}`);
  } catch {
    // a full disk, or a browser without it: a loss of both copies is then left to the relay to notice
  }
}

/** The last entry that was noted for this till; 0: none. */
export function notedHead(database: string, till: string): number {
  try {
    const [of, seq] = (localStorage.getItem(keyOf(database)) ?? '').split(' ');
    return of === till && Number.isSafeInteger(Number(seq)) ? Number(seq) : 0;
  } catch {
    return 0;
  }
}
