// HMAC-SHA1 in plain arithmetic, for the one signature that still uses it (Twilio's callbacks). Nothing new may be signed with it.

/** Base64 of HMAC-SHA1 over the text in UTF-8. */
export function hmacSha1Base64(key: string, text: string): string {
  const utf8 = new TextEncoder();
  const given = utf8.encode(key);
  const block = new Uint8Array(64);
  block.set(given.length > 64 ? sha1(given) : given);
  const inner = sha1(
    joined(
      block.map((byte) => byte ^ 0x36),
      utf8.encode(text),
    ),
  );
  const outer = sha1(
    joined(
      block.map((byte) => byte ^ 0x5c),
      inner,
    ),
  );
  return btoa(String.fromCharCode(...outer));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/** FIPS 180-4, section 6.1. */
function sha1(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x2000_0000));
  view.setUint32(padded.length - 4, (message.length * 8) >>> 0);
  let [h0, h1, h2, h3, h4] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const words = new Int32Array(80);
  const word = (t: number): number => words[t] ?? 0;
  for (let start = 0; start < padded.length; start += 64) {
    for (let t = 0; t < 80; t += 1)
      words[t] =
        t < 16
          ? view.getInt32(start + t * 4)
          : rotated(word(t - 3) ^ word(t - 8) ^ word(t - 14) ^ word(t - 16), 1);
    let [a, b, c, d, e] = [h0, h1, h2, h3, h4];
    for (let t = 0; t < 80; t += 1) {
      const [mixed, constant] =
        t < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : t < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : t < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      const next = (rotated(a, 5) + mixed + e + constant + word(t)) | 0;
      [a, b, c, d, e] = [next, a, rotated(b, 30), c, d];
    }
    h0 = (h0 + a) | 0;
    h1 = (h1 + b) | 0;
    h2 = (h2 + c) | 0;
    h3 = (h3 + d) | 0;
    h4 = (h4 + e) | 0;
  }
  const digest = new DataView(new ArrayBuffer(20));
  [h0, h1, h2, h3, h4].forEach((part, i) => digest.setInt32(i * 4, part));
  return new Uint8Array(digest.buffer);
}
