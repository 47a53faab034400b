// Opens a file for one worker alone, as the browser requires for writes that can be flushed.

/** Number of attempts: a page that was just reloaded still holds its handle for a moment. */
const TRIES = 40;
const PAUSE_MS = 50;

/** Creates the file if needed. Throws the browser's exception; `NoModificationAllowedError`: another worker keeps it open. */
export async function openAlone(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemSyncAccessHandle> {
  const file = await folder.getFileHandle(name, { create: true });
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await file.createSyncAccessHandle();
    } catch (cause) {
      const taken = cause instanceof DOMException && cause.name === 'NoModificationAllowedError';
      if (!taken || attempt === TRIES) throw cause;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
