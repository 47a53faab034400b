// Names of tills: which two count as equal, and a free name for a new till.

/** Maximum number of characters, as in the contract. */
const LONGEST = 40;

/** The name as stored: trimmed, with single spaces inside. */
export const tidyTillName = (name: string): string =>
  name.normalize('NFC').trim().replace(/\s+/g, ' ');

/** Equal for names that people would confuse. */
export function tillNameKey(name: string): string {
  // zero-width characters are invisible
  const seen = name.replace(/\p{Cf}/gu, '');
  return tidyTillName(seen).normalize('NFKC').toLowerCase();
}

/** The name itself, or if taken, with the first free number: "Till 1" becomes "Till 2". */
export function freeTillName(asked: string, isTaken: (key: string) => boolean): string {
  const name = tidyTillName(asked);
  if (!isTaken(tillNameKey(name))) return name;
  const bare = name.replace(/ \d+$/, '');
  for (let number = 2; ; number++) {
    const end = ` ${number}`;
    const numbered = bare.slice(0, LONGEST - end.length).trimEnd() + end;
    if (!isTaken(tillNameKey(numbered))) return numbered;
  }
}
