// The customers' demo phones, read from the relay's page as a person does: the messages of one story.
// Never reads them from the relay's database.
import type { Page } from '@playwright/test';

export type PhoneMessage = { readonly phone: string; readonly text: string };

/** By the relay's origin: how many messages each phone had when the story began. */
const earlier = new Map<string, ReadonlyMap<string, number>>();

/** The present messages belong to earlier stories of a shared shop: from now on they are left out. */
export async function markMessages(origin: string): Promise<void> {
  earlier.set(origin, countByPhone(await allMessagesAt(origin)));
}

/** Ends `markMessages`, because another relay may get the same port. */
export function unmarkMessages(origin: string): void {
  earlier.delete(origin);
}

function countByPhone(messages: readonly PhoneMessage[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { phone } of messages) counts.set(phone, (counts.get(phone) ?? 0) + 1);
  return counts;
}

/** Those of them that are new since `markMessages`; each phone's are in order, newest first. */
function ofThisStory(origin: string, messages: readonly PhoneMessage[]): PhoneMessage[] {
  const before = earlier.get(origin);
  const counts = countByPhone(messages);
  return messages.filter(({ phone }) => {
    const left = counts.get(phone) ?? 0;
    counts.set(phone, left - 1);
    return left > (before?.get(phone) ?? 0);
  });
}

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

  /** The story's messages on the page, newest first. */
  async messages(): Promise<PhoneMessage[]> {
    const shown = await this.#page.evaluate(() =>
      [...document.querySelectorAll('.phone')].flatMap((screen) =>
        [...screen.querySelectorAll('.message')].map((message) => ({
          phone: (
            /\+[\d ]+$/.exec(screen.querySelector('h2')?.textContent ?? '')?.[0] ?? ''
          ).replace(/ /g, ''),
          text: message.querySelector('.text')?.textContent ?? '',
        })),
      ),
    );
    return ofThisStory(new URL(this.#page.url()).origin, shown);
  }

  /** Waits until `count` messages of the story are shown; returns the newest of all phones. */
  async newest(count: number): Promise<PhoneMessage> {
    const before = earlier.get(new URL(this.#page.url()).origin)?.values() ?? [];
    await this.#page.waitForFunction(
      (wanted) => document.querySelectorAll('.message').length >= wanted,
      [...before].reduce((sum, each) => sum + each, count),
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
  return ofThisStory(origin, await allMessagesAt(origin));
}

async function allMessagesAt(origin: string): Promise<PhoneMessage[]> {
  const reply = await fetch(`${origin}/demo-phone/messages`);
  const { messages } = (await reply.json()) as {
    messages: { phone: string; text: string | null }[];
  };
  return messages.map(({ phone, text }) => ({ phone, text: text ?? '' }));
}
