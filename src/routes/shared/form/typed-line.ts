// Cleans a typed name into one line, as it is stored.

/** Removes bidirectional controls and lone surrogates, which could make one name look like another. Empty if nothing is left. */
export function cleanLine(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu, '')
    .trim();
}
