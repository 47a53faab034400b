// Tries to write bytes to the disk, to find out whether it is full.
import { openAlone } from './open-alone';

/** Never removed: on a full disk Chromium may end when a file is made, removed or replaced. Writing into one only fails. */
const FILE = 'room';

async function proveRoom(bytes: number): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const handle = await openAlone(root, FILE);
  try {
    // the handle may write fewer bytes than given, because a full disk does not always throw
    const wrote = handle.write(new Uint8Array(bytes), { at: 0 });
    handle.flush();
    if (wrote !== bytes) throw new DOMException('a short write', 'QuotaExceededError');
  } finally {
    handle.truncate(0);
    handle.flush();
    handle.close();
  }
}

/** Answers a number of bytes by whether they could be written. */
addEventListener('message', ({ data: bytes }: MessageEvent<number>) => {
  void proveRoom(bytes).then(
    () => postMessage(true),
    () => postMessage(false),
  );
});
