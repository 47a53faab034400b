// The built relay as a separate process that stories can kill and restart on the same data.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class RelayProcess {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'counterfoil-relay-'));
  readonly #env: Record<string, string>;
  /** The folder of `dist` and `dist-relay`. */
  readonly #root: string;
  #child: ChildProcess | null = null;
  #port = 0;
  #output = '';

  constructor(env: Record<string, string> = {}, root = process.cwd()) {
    this.#env = env;
    this.#root = root;
  }

  /** Continues from a copy of this data folder; before the start. */
  copyData(folder: string): void {
    cpSync(folder, this.dataDir, { recursive: true });
  }

  /** `http://localhost:<port>`; the same after a restart, because the till's origin must not change. */
  get url(): string {
    return `http://localhost:${this.#port}`;
  }
  /** All output of the process, for canary tests. */
  get output(): string {
    return this.#output;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['dist-relay/main.js'], {
      cwd: this.#root,
      env: {
        ...process.env,
        COUNTERFOIL_PORT: String(this.#port),
        COUNTERFOIL_DATA: this.dataDir,
        ...this.#env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    // ignores the address printed by an earlier start, so that a failed restart is noticed
    const before = this.#output.length;
    this.#port = await new Promise<number>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        this.#output += chunk.toString();
        const port = /http:\/\/localhost:(\d+)\//.exec(this.#output.slice(before))?.[1];
        if (port) resolve(Number(port));
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) =>
        reject(new Error(`the relay ended with ${code}: ${this.#output.slice(-500)}`)),
      );
    });
  }

  /** Kills it, as a power cut does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Ends it by TERM and removes its data. */
  async dispose(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Runs another command on the same data, such as `enrol`; resolves with its output. */
  async word(...words: string[]): Promise<string> {
    const child = spawn(process.execPath, ['dist-relay/main.js', ...words], {
      cwd: this.#root,
      env: {
        ...process.env,
        COUNTERFOIL_PORT: String(this.#port),
        COUNTERFOIL_DATA: this.dataDir,
        ...this.#env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await once(child, 'exit');
    return out;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    // a process ended by a signal has no exit code
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
}
