// A file mounted as a disk. A copy of the file is the state of the disk after a power cut.
// Needs Linux, root and loop devices.
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    .toString()
    .trim();
}

/** Why no disk image can be made on this machine, in words; null if it can. */
export function whyNoImages(): string | null {
  if (process.platform !== 'linux') return 'loop devices are of Linux';
  if (process.getuid?.() !== 0) return 'mounting needs root';
  if (!existsSync('/dev/loop-control')) return 'this machine has no loop devices';
  try {
    const disk = DiskImage.make('16M');
    disk.dispose();
    return null;
  } catch (error) {
    return `no disk can be mounted: ${(error as Error).message.split('\n')[0] ?? ''}`;
  }
}

const mounted = new Set<DiskImage>();

/** Unmounts what a failed round left mounted. */
export function disposeImages(): void {
  for (const disk of [...mounted]) disk.dispose();
}

export class DiskImage {
  readonly #folder: string;
  #loop: string | null = null;

  /** Mounts what `fill` writes into `image`. */
  private constructor(fill: (image: string) => void) {
    this.#folder = mkdtempSync(join(tmpdir(), 'counterfoil-disk-'));
    try {
      run('mkdir', this.path);
      fill(this.#image);
      this.#loop = run('losetup', '--find', '--show', this.#image);
      run('mount', this.#loop, this.path);
      mounted.add(this);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** An empty ext4, mounted. `size` as `truncate` takes it. */
  static make(size: string): DiskImage {
    return new DiskImage((image) => {
      run('truncate', '-s', size, image);
      run('mkfs.ext4', '-q', '-F', '-m', '0', '-E', 'lazy_itable_init=0', image);
    });
  }

  /** The disk after a power cut now: a copy of its file, without what the system has not written yet. */
  cut(): DiskImage {
    return new DiskImage((image) => run('cp', '--sparse=always', this.#image, image));
  }

  get #image(): string {
    return join(this.#folder, 'image');
  }

  /** Where it is mounted. */
  get path(): string {
    return join(this.#folder, 'mounted');
  }

  /** Fills it to the last block; `free` releases the room again. */
  fill(): { readonly free: () => void } {
    const filler = join(this.path, 'filler');
    const file = openSync(filler, 'w');
    for (let size = 1 << 20; size >= 1 << 12;) {
      try {
        writeSync(file, Buffer.alloc(size, 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        size /= 2;
      }
    }
    closeSync(file);
    return { free: () => rmSync(filler) };
  }

  /** Writes everything that is still in memory. */
  sync(): void {
    run('sync', '--file-system', this.path);
  }

  /** Unmounts it and removes it, without waiting for open files. */
  dispose(): void {
    mounted.delete(this);
    if (this.#loop !== null) {
      try {
        run('umount', '--lazy', this.path);
      } catch {
        // it was not mounted
      }
      run('losetup', '--detach', this.#loop);
      this.#loop = null;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
