// A typed name: one line, as it is stored.

/** Bidirectional controls and lone surrogates could make one name look like another. Empty if nothing is left. */
export function cleanLine(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu, '')
    .trim();
}
