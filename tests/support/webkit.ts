// Drives WebKitGTK's MiniBrowser over W3C WebDriver, under its own X server.
// Playwright can drive only its own WebKit. Has only the functions that the stories need.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from '@playwright/test';

const DRIVER = '/usr/bin/WebKitWebDriver';
const SCREEN = '/usr/bin/Xvfb';

/** Its place in Debian depends on the architecture; null: not installed. */
function miniBrowser(): string | null {
  for (const machine of existsSync('/usr/lib') ? readdirSync('/usr/lib') : []) {
    const found = join('/usr/lib', machine, 'webkit2gtk-4.1/MiniBrowser');
    if (existsSync(found)) return found;
  }
  return null;
}

/** Why WebKit is not available; null: it is. */
export function whyNoWebKit(): string | null {
  const missing = [
    ...(existsSync(DRIVER) ? [] : ['webkit2gtk-driver']),
    ...(existsSync(SCREEN) ? [] : ['xvfb']),
    ...(miniBrowser() === null ? ['MiniBrowser of libwebkit2gtk-4.1'] : []),
  ];
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

export class WebKit {
  readonly #children: ChildProcess[] = [];
  #base = '';
  #session = '';

  async start(): Promise<void> {
    const screen = ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'];
    const x = spawn(SCREEN, screen, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    this.#children.push(x);
    const pipe = x.stdio[3];
    if (!pipe) throw new Error('Xvfb has no way to name its display');
    const [display] = (await once(pipe, 'data')) as [Buffer];
    const port = await freePort();
    const env = { ...process.env, DISPLAY: `:${display.toString().trim()}`, GDK_BACKEND: 'x11' };
    this.#children.push(spawn(DRIVER, [`--port=${port}`], { stdio: 'ignore', env }));
    this.#base = `http://127.0.0.1:${port}`;
    await expect.poll(() => fetch(`${this.#base}/status`).then(({ ok }) => ok, String)).toBe(true);
    const browser = { binary: miniBrowser(), args: ['--automation'] };
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': browser } };
    const made = await this.#send('POST', '/session', { capabilities });
    this.#session = `/session/${(made as { sessionId: string }).sessionId}`;
  }

  async #send(method: string, path: string, body: object = {}): Promise<unknown> {
    const response = await fetch(this.#base + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(method === 'POST' && { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: unknown };
    const failed = value as { error?: string; message?: string } | null;
    if (failed?.error) throw new Error(`${failed.error}: ${failed.message ?? ''}`);
    return value;
  }

  async goto(url: string): Promise<void> {
    await this.#send('POST', `${this.#session}/url`, { url });
  }

  /** Runs a function in the page, with its argument only, like Playwright's `evaluate`. */
  async evaluate<A, T>(work: (argument: A) => T | Promise<T>, argument: A): Promise<T> {
    const script = `const [argument, done] = arguments; Promise.resolve(argument).then(${work.toString()}).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const reply = await this.#send('POST', `${this.#session}/execute/async`, {
      script,
      args: [argument ?? null],
    });
    const { value, error } = reply as { value: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return value;
  }

  /** Waits for the button whose text or accessible name begins with this, and presses it. */
  async press(words: string): Promise<void> {
    const pressed = () =>
      this.evaluate((begins) => {
        const button = [...document.querySelectorAll('button')].find((each) => {
          const shown = each.textContent.replaceAll(/\s+/g, ' ').trim();
          const said = shown || (each.getAttribute('aria-label') ?? '');
          return said.startsWith(begins) && !each.disabled && each.offsetParent !== null;
        });
        button?.click();
        return button !== undefined;
      }, words);
    await expect.poll(pressed, `a button "${words}"`).toBe(true);
  }

  /** Waits for the field whose label begins with this, and fills it; a list takes an option's value. */
  async fill(label: string, text: string): Promise<void> {
    const filled = () =>
      this.evaluate(
        (given) => {
          const field = [
            ...document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select'),
          ].find((each) =>
            [
              each.getAttribute('aria-label') ?? '',
              ...[...(each.labels ?? [])].map((l) => l.textContent),
            ].some((said) => said.replaceAll(/\s+/g, ' ').trim().startsWith(given.label)),
          );
          if (!field) return false;
          field.value = given.text;
          field.dispatchEvent(new Event('input', { bubbles: true }));
          field.dispatchEvent(new Event('change', { bubbles: true }));
          return true;
        },
        { label, text },
      );
    await expect.poll(filled, `a field "${label}"`).toBe(true);
  }

  /** Waits until the page contains this text. */
  async see(words: string): Promise<void> {
    const said = () => this.evaluate(() => document.body.innerText, null);
    await expect.poll(said).toContain(words);
  }

  /** The content of the screen, for a failed test's report. */
  async screenshot(): Promise<Buffer> {
    return Buffer.from(String(await this.#send('GET', `${this.#session}/screenshot`)), 'base64');
  }

  async stop(): Promise<void> {
    if (this.#session) await this.#send('DELETE', this.#session).catch(() => undefined);
    for (const child of this.#children.toReversed()) child.kill();
  }
}
