// A disk in a file, mounted: what a power cut leaves of it is what its file holds at that moment. Needs Linux, root and loop devices.
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    .toString()
    .trim();
}

/** Why no disk can be made here, in words; null where it can. */
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

/** Whatever a failed round left mounted. */
export function disposeImages(): void {
  for (const disk of [...mounted]) disk.dispose();
}

export class DiskImage {
  readonly #folder: string;
  #loop: string | null = null;

  /** Mounts what `fill` puts into `image`. */
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

  /** The disk as it would be after a power cut now: its file as it is, without what the system still meant to write. */
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

  /** Fills it to the last block; `free` gives the room back. */
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

  /** Writes everything down that is still in memory. */
  sync(): void {
    run('sync', '--file-system', this.path);
  }

  /** Unmounts it and removes it; whoever still writes to it is not waited for. */
  dispose(): void {
    mounted.delete(this);
    if (this.#loop !== null) {
      try {
        run('umount', '--lazy', this.path);
      } catch {
        // it was never mounted
      }
      run('losetup', '--detach', this.#loop);
      this.#loop = null;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
