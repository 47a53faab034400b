// The byte format of a backup file: a readable header, packed frames, and a hash over both.
import { bytesOf, fromHex, toHex } from '$lib/proof/canonical';
import { anyHeader, backupHeader, type BackupCipher, type BackupHeader } from './backup-record';

type Bytes = Uint8Array<ArrayBuffer>;

export const BACKUP_VERSION = 1;

/** PBKDF2 rounds, the same as for PINs, because the same tablet computes both. */
const ROUNDS = 600_000;

export function makeCipher(): BackupCipher {
  return { rounds: ROUNDS, salt: toHex(crypto.getRandomValues(new Uint8Array(16))) };
}

const HASH_BYTES = 32;
const LENGTH_BYTES = 4;
const HEADER_BYTES = 4096;
const BREAK = 10;

async function sha256(...parts: readonly Bytes[]): Promise<Bytes> {
  return new Uint8Array(
    await crypto.subtle.digest('SHA-256', await new Blob([...parts]).arrayBuffer()),
  );
}

/** Each file has its own salt, so a key is never used twice with the same frame number (the nonce). */
async function keyOf({ rounds, salt }: BackupCipher, passphrase: string): Promise<CryptoKey> {
  const text = bytesOf(passphrase.normalize('NFC'));
  const secret = await crypto.subtle.importKey('raw', text, 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', iterations: rounds, salt: fromHex(salt)! };
  return crypto.subtle.deriveKey(how, secret, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
}

/** Binds a frame to its header and position: frames of another file or in another order do not decrypt. */
function seal(headerLine: Bytes, frame: number) {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(8, frame);
  return { name: 'AES-GCM', iv, additionalData: headerLine };
}

async function through(bytes: Bytes, stream: GenericTransformStream): Promise<Bytes> {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}

/** Builds the whole file. `frames` are packed one after another; `passphrase` is required by the header's cipher. */
export async function packBackup(
  head: BackupHeader,
  frames: Iterable<Bytes> | AsyncIterable<Bytes>,
  passphrase: string | null,
): Promise<Blob> {
  const line = bytesOf(`${JSON.stringify(head)}\n`);
  const key = head.cipher && passphrase !== null ? await keyOf(head.cipher, passphrase) : null;
  const parts: Blob[] = [new Blob([line])];
  let fold = await sha256(line);
  let number = 0;
  for await (const frame of frames) {
    let packed = await through(frame, new CompressionStream('gzip'));
    if (key) packed = new Uint8Array(await crypto.subtle.encrypt(seal(line, number), key, packed));
    const length = new Uint8Array(LENGTH_BYTES);
    new DataView(length.buffer).setUint32(0, packed.length);
    fold = await sha256(fold, await sha256(length, packed));
    // a Blob can be moved out of the page's memory
    parts.push(new Blob([length, packed]));
    number += 1;
  }
  return new Blob([...parts, new Blob([fold])], { type: 'application/octet-stream' });
}

export type ContainerRefusal =
  /** Not a backup file. */
  | 'not-a-backup'
  /** Made by a later version of the till. */
  | 'newer'
  /** Truncated or altered. */
  | 'damaged';

export type SoundBackup = {
  readonly kind: 'sound';
  readonly header: BackupHeader;
  /** Number of frames. */
  readonly frames: number;
  /** Returns null if the passphrase is wrong. */
  readonly open: (passphrase: string | null) => Promise<((frame: number) => Promise<Bytes>) | null>;
};

const read = async (file: Blob, from: number, to: number): Promise<Bytes> =>
  new Uint8Array(await file.slice(from, to).arrayBuffer());

/** Reads every byte and compares the hash before unpacking anything. `schema`: the newest this till knows. */
export async function soundBackup(
  file: Blob,
  schema: number,
): Promise<SoundBackup | { readonly kind: 'refused'; readonly because: ContainerRefusal }> {
  const refused = (because: ContainerRefusal) => ({ kind: 'refused', because }) as const;
  const start = await read(file, 0, HEADER_BYTES);
  const line = start.slice(0, start.indexOf(BREAK) + 1);
  const head = headerOf(line);
  if (head === null) return refused('not-a-backup');
  // a later version may have another format after the first line
  if (head.v > BACKUP_VERSION) return refused('newer');
  const parsed = backupHeader.safeParse(head);
  if (!parsed.success) return refused('damaged');
  const places: { readonly from: number; readonly to: number }[] = [];
  const end = file.size - HASH_BYTES;
  let fold = await sha256(line);
  for (let from = line.length; from < end;) {
    const length = await read(file, from, from + LENGTH_BYTES);
    if (from + LENGTH_BYTES > end) return refused('damaged');
    const to = from + LENGTH_BYTES + new DataView(length.buffer).getUint32(0);
    if (to > end) return refused('damaged');
    fold = await sha256(fold, await sha256(await read(file, from, to)));
    places.push({ from: from + LENGTH_BYTES, to });
    from = to;
  }
  if (toHex(fold) !== toHex(await read(file, Math.max(0, end), file.size)))
    return refused('damaged');
  if (parsed.data.schema > schema) return refused('newer');
  return { kind: 'sound', header: parsed.data, frames: places.length, open };

  async function open(passphrase: string | null) {
    const { cipher } = parsed.data!;
    if (cipher !== null && passphrase === null) return null;
    const key = cipher === null ? null : await keyOf(cipher, passphrase ?? '');
    const frame = async (number: number): Promise<Bytes> => {
      const place = places[number];
      if (place === undefined) throw new RangeError('no such frame');
      let packed = await read(file, place.from, place.to);
      if (key)
        packed = new Uint8Array(await crypto.subtle.decrypt(seal(line, number), key, packed));
      return through(packed, new DecompressionStream('gzip'));
    };
    // the hash matched, so a failed decryption means a wrong passphrase
    return frame(0).then(
      () => frame,
      () => null,
    );
  }
}

function headerOf(line: Bytes): { v: number } | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(line);
    return anyHeader.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
