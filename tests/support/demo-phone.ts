// The customers' demo phones, read from the relay's page as a person does.
// Never reads them from the relay's database.
import type { Page } from '@playwright/test';

export type PhoneMessage = { readonly phone: string; readonly text: string };

/** The code in a message: its last run of six digits. */
export function codeIn(text: string): string {
  const code = /(?<!\d)(\d{6})(?!\d)(?=[^\d]*$)/.exec(text)?.[1];
  if (code === undefined) throw new Error('the message carries no code');
  return code;
}

/** `/demo-phone`, open in a tab of its own. */
export class DemoPhone {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Opens the page beside the till, which stays in the foreground. */
  static async open(till: Page): Promise<DemoPhone> {
    const page = await till.context().newPage();
    await page.goto(new URL('/demo-phone', till.url()).href);
    await till.bringToFront();
    return new DemoPhone(page);
  }

  /** The messages on the page, newest first. */
  messages(): Promise<PhoneMessage[]> {
    return this.#page.evaluate(() =>
      [...document.querySelectorAll('.phone')].flatMap((screen) =>
        [...screen.querySelectorAll('.message .text')].map((line) => ({
          phone: (
            /\+[\d ]+$/.exec(screen.querySelector('h2')?.textContent ?? '')?.[0] ?? ''
          ).replace(/ /g, ''),
          text: line.textContent,
        })),
      ),
    );
  }

  /** Waits until `count` messages are shown; returns the newest of all phones. */
  async newest(count: number): Promise<PhoneMessage> {
    await this.#page.waitForFunction(
      (wanted) => document.querySelectorAll('.message').length >= wanted,
      count,
      { polling: 100 },
    );
    const [message] = await this.messages();
    if (message === undefined) throw new Error('no message');
    return message;
  }

  async close(): Promise<void> {
    await this.#page.close();
  }
}

/** The same messages from the relay's API, newest first: for stories that are not about the page. */
export async function messagesAt(origin: string): Promise<PhoneMessage[]> {
  const reply = await fetch(`${origin}/demo-phone/messages`);
  const { messages } = (await reply.json()) as {
    messages: { phone: string; text: string | null }[];
  };
  return messages.map(({ phone, text }) => ({ phone, text: text ?? '' }));
}
