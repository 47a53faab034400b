// Names of tills: which two count as the same, and what a newcomer is called whose name is taken.

/** Most characters of a name, as in the contract. */
const LONGEST = 40;

/** As it is kept: without space around it, single spaces inside. */
export function tidyTillName(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/g, ' ');
}

/** Equal for names that people would take for one another. */
export function tillNameKey(name: string): string {
  // zero-width characters are not seen
  const seen = name.replace(/\p{Cf}/gu, '');
  return tidyTillName(seen).normalize('NFKC').toLowerCase();
}

/** The name itself, or where it is taken the same with the first number that is free: "Till 1" becomes "Till 2". */
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
