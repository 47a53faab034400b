// Owns the journal files: appends, flushes and reads bytes. Only a worker can flush them.
import type { FileAnswer, FileCalls, FileOrder } from '$lib/storage/wal/messages';
import { openAlone } from './open-alone';

const BREAK = 10;
const PIECE = 1 << 20;
const JOURNAL = '.journal';
const DRAFT = '.draft';

let open: { folder: string; till: string; handle: FileSystemSyncAccessHandle } | null = null;
/** Number of complete and flushed bytes; an unfinished line after them stays until the next write. */
let size = 0;
/** A file that is being written beside the open one, and its bytes. */
let draft: { handle: FileSystemSyncAccessHandle; size: number } | null = null;

async function folderNamed(name: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(name, { create: true });
}

function opened(): FileSystemSyncAccessHandle {
  if (open === null) throw new DOMException('no file is open', 'InvalidStateError');
  return open.handle;
}

function drafted(): { handle: FileSystemSyncAccessHandle; size: number } {
  if (draft === null) throw new DOMException('no draft', 'InvalidStateError');
  return draft;
}

/** In the standard `move` replaces a file of that name; TypeScript's types lack it. */
type Movable = FileSystemFileHandle & { readonly move: (name: string) => Promise<void> };

function readAt(handle: FileSystemSyncAccessHandle, from: number, to: number) {
  const bytes = new Uint8Array(Math.max(0, to - from));
  const got = handle.read(bytes, { at: from });
  return bytes.subarray(0, got);
}

/** Offset after the last complete line. */
function endOfLines(handle: FileSystemSyncAccessHandle): number {
  for (let to = handle.getSize(); to > 0; to = Math.max(0, to - PIECE)) {
    const from = Math.max(0, to - PIECE);
    const place = readAt(handle, from, to).lastIndexOf(BREAK);
    if (place >= 0) return from + place + 1;
  }
  return 0;
}

/** Writes all bytes. The handle may write fewer than given, because a full disk does not always throw. */
function writeWhole(
  handle: FileSystemSyncAccessHandle,
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
) {
  const wrote = handle.write(bytes, { at });
  if (wrote !== bytes.length) throw new DOMException('a short write', 'QuotaExceededError');
  handle.flush();
}

async function writeFile(folder: string, name: string, pieces: Iterable<Uint8Array<ArrayBuffer>>) {
  const handle = await openAlone(await folderNamed(folder), name);
  try {
    handle.truncate(0);
    let at = 0;
    for (const piece of pieces) {
      writeWhole(handle, piece, at);
      at += piece.length;
    }
  } finally {
    handle.close();
  }
}

const calls: { [N in keyof FileCalls]: (...parts: Parameters<FileCalls[N]>) => unknown } = {
  async open(folder, till) {
    open?.handle.close();
    open = null;
    const handle = await openAlone(await folderNamed(folder), till + JOURNAL);
    open = { folder, till, handle };
    size = endOfLines(handle);
    return { size, isCut: handle.getSize() > size };
  },
  append(bytes) {
    const handle = opened();
    try {
      // the rest of an unfinished line would become part of a later one
      if (handle.getSize() > size) handle.truncate(size);
      writeWhole(handle, bytes, size);
      size += bytes.length;
    } catch (cause) {
      // remove all of it, because half a line would damage the next one
      handle.truncate(size);
      handle.flush();
      throw cause;
    }
  },
  read: (from, to) => readAt(opened(), from, to),
  cut(to) {
    const handle = opened();
    handle.truncate(to);
    handle.flush();
    size = to;
  },
  async beginDraft() {
    if (open === null) throw new DOMException('no file is open', 'InvalidStateError');
    draft?.handle.close();
    draft = { handle: await openAlone(await folderNamed(open.folder), open.till + DRAFT), size: 0 };
    draft.handle.truncate(0);
  },
  addToDraft(bytes) {
    const { handle, size: at } = drafted();
    writeWhole(handle, bytes, at);
    draft = { handle, size: at + bytes.length };
  },
  async putDraft() {
    drafted().handle.close();
    draft = null;
    opened().close();
    const { folder, till } = open ?? { folder: '', till: '' };
    const made = await (await folderNamed(folder)).getFileHandle(till + DRAFT);
    await (made as Movable).move(till + JOURNAL);
    return calls.open(folder, till);
  },
  async dropDraft() {
    draft?.handle.close();
    draft = null;
    if (open === null) return;
    const inside = await folderNamed(open.folder);
    await inside.removeEntry(open.till + DRAFT).catch(() => undefined);
  },
  async setAside(name) {
    const handle = opened();
    const whole = handle.getSize();
    function* pieces() {
      for (let from = 0; from < whole; from += PIECE) {
        yield readAt(handle, from, Math.min(whole, from + PIECE));
      }
    }
    await writeFile(open?.folder ?? '', name, pieces());
  },
  async tills(folder) {
    const found: { till: string; at: number }[] = [];
    for await (const each of (await folderNamed(folder)).values()) {
      if (each.kind !== 'file' || !each.name.endsWith(JOURNAL)) continue;
      const { lastModified: at, size: bytes } = await each.getFile();
      if (bytes > 0) found.push({ till: each.name.slice(0, -JOURNAL.length), at });
    }
    return found.sort((a, b) => b.at - a.at).map(({ till }) => till);
  },
  async dropOthers(folder, till) {
    const inside = await folderNamed(folder);
    for await (const { name } of inside.values())
      if (name !== till + JOURNAL) await inside.removeEntry(name);
  },
};

async function answerTo({ number, name, parts }: FileOrder): Promise<FileAnswer> {
  try {
    const call = calls[name] as (...parts: unknown[]) => unknown;
    return { kind: 'done', number, value: await call(...parts) };
  } catch (cause) {
    return { kind: 'failed', number, name: cause instanceof Error ? cause.name : 'Error' };
  }
}

// one call at a time, so that no line begins before the previous one is flushed
let last: Promise<void> = Promise.resolve();
addEventListener('message', ({ data: order }: MessageEvent<FileOrder>) => {
  last = last.then(async () => postMessage(await answerTo(order)));
});
