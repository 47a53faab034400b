// Notes the last entry number outside both copies, so that losing the end of both is noticed.
// The note is only a hint: it may be older than the journal, or missing.

const keyOf = (database: string) => `${database}-head`;

/** Notes the number of the last stored entry. */
export function noteHead(database: string, till: string, seq: number): void {
  try {
    localStorage.setItem(keyOf(database), `${till} ${seq}`);
  } catch {
    // storage is full or unavailable: only the relay can then notice that both copies lost their end
  }
}

/** The noted number of this till's last entry; 0: none. */
export function notedHead(database: string, till: string): number {
  try {
    const [of, seq] = (localStorage.getItem(keyOf(database)) ?? '').split(' ');
    return of === till && Number.isSafeInteger(Number(seq)) ? Number(seq) : 0;
  } catch {
    return 0;
  }
}
