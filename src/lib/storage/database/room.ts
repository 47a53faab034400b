// Finds out whether the disk is full by writing to it: the browser's own numbers do not show it.
import { StorageError } from '$lib/storage/storage-error';

/** Writes this many bytes and releases them again. Throws StorageError `disk-full` if that fails. */
export async function proveRoom(bytes: number): Promise<void> {
  if (!(await isWritable(bytes))) throw new StorageError('disk-full');
}

async function isWritable(bytes: number): Promise<boolean> {
  const worker = new Worker(new URL('../wal/worker/room.worker.ts', import.meta.url), {
    type: 'module',
  });
  try {
    return await new Promise<boolean>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<boolean>) => resolve(data);
      worker.onerror = () => resolve(false);
      worker.postMessage(bytes);
    });
  } finally {
    worker.terminate();
  }
}
