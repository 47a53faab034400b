// Detects the encoding of a file, and decodes it in slices that never split a character.

export const ENCODINGS = ['utf-8', 'windows-1251', 'utf-16le', 'utf-16be', 'ibm866'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const startsWith = (bytes: Uint8Array, ...mark: number[]) =>
  mark.every((byte, at) => bytes[at] === byte);

/** Counts well-formed and broken multi-byte sequences; a sequence cut off by the end of the sample is neither. */
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
 * The encoding of a file from its first bytes, or null if it is not text. By byte order mark, zeros between letters
 * (UTF-16), well-formed UTF-8; else the Cyrillic code page is found by the range of its letters: DOS has capitals at 0x80.
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
  // a few broken characters do not mean another encoding
  if (broken === 0 || broken < whole / 50) return 'utf-8';
  return dos > windows ? 'ibm866' : 'windows-1251';
}

/** Bytes read at a time. */
export const SLICE = 1 << 20;

/** Bytes examined to detect the encoding. */
export const SAMPLE = 4 << 20;

/** The text of a file in slices, each with the number of bytes read so far. */
export async function* textOf(
  file: Blob,
  encoding: Encoding,
  upTo: number = file.size,
): AsyncGenerator<{ text: string; bytes: number }> {
  // lenient: an undecodable character becomes U+FFFD, and its row is refused by name
  const decoder = new TextDecoder(encoding);
  const size = Math.min(file.size, upTo);
  for (let at = 0; at < size; at += SLICE) {
    const end = Math.min(at + SLICE, size);
    const bytes = await file.slice(at, end).arrayBuffer();
    yield { text: decoder.decode(bytes, { stream: end < file.size }), bytes: end };
  }
}
