// Bytes of a file → text: which encoding they are in, and decoding in slices that never cut a letter.

export const ENCODINGS = ['utf-8', 'windows-1251', 'utf-16le', 'utf-16be', 'ibm866'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const startsWith = (bytes: Uint8Array, ...mark: number[]) =>
  mark.every((byte, at) => bytes[at] === byte);

/** Well-formed and broken sequences of several bytes; a sequence cut by the end of the sample is neither. */
function countUtf8(bytes: Uint8Array): { whole: number; broken: number } {
  let whole = 0;
  let broken = 0;
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) continue;
    const follow = lead >= 0xf0 && lead < 0xf5 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc2 ? 1 : 0;
    if (at + follow >= bytes.length) break;
    let right = follow > 0 && lead < 0xf5;
    for (let next = 1; next <= follow; next++) {
      if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) right = false;
    }
    if (right) {
      whole++;
      at += follow;
    } else broken++;
  }
  return { whole, broken };
}

/**
 * The encoding of a file from its first bytes, or null when it is no text. By byte order mark, zeros between
 * letters (UTF-16), well-formed UTF-8; else the Cyrillic page where letters fall: DOS wrote capitals at 0x80.
 */
export function detectEncoding(bytes: Uint8Array): Encoding | null {
  if (startsWith(bytes, 0xef, 0xbb, 0xbf)) return 'utf-8';
  if (startsWith(bytes, 0xff, 0xfe)) return 'utf-16le';
  if (startsWith(bytes, 0xfe, 0xff)) return 'utf-16be';
  const zeros = [0, 0];
  let controls = 0;
  let dos = 0;
  let windows = 0;
  bytes.forEach((byte, at) => {
    if (byte === 0) zeros[at & 1] = (zeros[at & 1] ?? 0) + 1;
    else if (byte < 9 || (byte > 13 && byte < 32)) controls++;
    if (byte >= 0x80 && byte < 0xb0) dos++;
    if (byte >= 0xc0 && byte < 0xf0) windows++;
  });
  const [even = 0, odd = 0] = zeros;
  if (controls === 0 && odd > bytes.length / 10 && even < odd / 4) return 'utf-16le';
  if (controls === 0 && even > bytes.length / 10 && odd < even / 4) return 'utf-16be';
  if (even + odd > 0 || controls > bytes.length / 100) return null;
  const { whole, broken } = countUtf8(bytes);
  // a stray broken letter does not make a file of another century
  if (broken === 0 || broken < whole / 50) return 'utf-8';
  return dos > windows ? 'ibm866' : 'windows-1251';
}

/** Bytes read at a time. */
export const SLICE = 1 << 20;

/** How much of a file is looked at to know its encoding. */
export const SAMPLE = 4 << 20;

/** The text of a file in slices; each with how many bytes it took so far. */
export async function* textOf(
  file: Blob,
  encoding: Encoding,
  upTo: number = file.size,
): AsyncGenerator<{ text: string; bytes: number }> {
  // lenient: a letter that cannot be read becomes U+FFFD, and its row is refused by name
  const decoder = new TextDecoder(encoding);
  const size = Math.min(file.size, upTo);
  for (let at = 0; at < size; at += SLICE) {
    const end = Math.min(at + SLICE, size);
    const bytes = await file.slice(at, end).arrayBuffer();
    yield { text: decoder.decode(bytes, { stream: end < file.size }), bytes: end };
  }
}
