// Notes the last entry number outside both copies, so that losing the end of both is noticed.
// The note is only a hint: it may be older than the journal, or missing.

const keyOf = (database: string) => `${database}-head`;

/** `seq`: number of the till's last entry, 0: unknown; `sale`: number of its last sale, 0: there is none, null: unknown. */
export type NotedHead = { readonly seq: number; readonly sale: number | null };

const UNKNOWN: NotedHead = { seq: 0, sale: null };

/** Notes the number of the last stored entry. */
export function noteHead(database: string, till: string, { seq, sale }: NotedHead): void {
  try {
    localStorage.setItem(keyOf(database), [till, seq, ...(sale === null ? [] : [sale])].join(' '));
  } catch {
    // storage is full or unavailable: only the relay can then notice that both copies lost their end
  }
}

/** Notes an entry that was just stored behind the noted one. */
export function noteStored(
  database: string,
  { till, seq, act }: { readonly till: string; readonly seq: number; readonly act: string },
): void {
  // before its first entry a till has sold nothing
  const before = seq === 1 ? 0 : notedHead(database, till).sale;
  noteHead(database, till, { seq, sale: act === 'sale' ? seq : before });
}

/** What is noted of this till's journal. */
export function notedHead(database: string, till: string): NotedHead {
  try {
    const [of, ...numbers] = (localStorage.getItem(keyOf(database)) ?? '').split(' ');
    const [seq = Number.NaN, sale = Number.NaN] = numbers.map(Number);
    if (of !== till || !Number.isSafeInteger(seq)) return UNKNOWN;
    return { seq, sale: Number.isSafeInteger(sale) ? sale : null };
  } catch {
    return UNKNOWN;
  }
}
