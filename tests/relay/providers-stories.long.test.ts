// Each messaging service end to end: the real relay over HTTP, a faithful fake of the service,
// and a customer who reads the code.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { providerSettings } from '$lib/contract/provider';
import type { Channel } from '$lib/contract/values';
import {
  adoptService,
  ANY_WEAK_SUM,
  ask,
  check,
  debtRequest,
  PHONE,
  START,
  tokensOf,
} from '../support/challenges';
import { TEXTS } from '../support/texts';
import { SERVICES, type Service } from '../support/fakes/all';
import type { Behaviour, FakeService } from '../support/fakes/fake-service';
import { numbersIn } from '../support/numbers-in';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient, type Reply } from '../support/till-client';
import { withOwnersPhone } from '../support/second-factor';

const HOUR = 3_600_000;
const digits = (phone: string): string => phone.replace(/\D/g, '');

class Story {
  readonly replies: Reply[] = [];
  readonly clock: ReturnType<typeof makeClock>;
  readonly relay: RunningRelay;
  readonly till: TillClient;
  readonly fake: FakeService<never>;

  private constructor(
    clock: ReturnType<typeof makeClock>,
    relay: RunningRelay,
    till: TillClient,
    fake: FakeService<never>,
  ) {
    this.clock = clock;
    this.relay = relay;
    this.till = till;
    this.fake = fake;
  }

  /** A shop whose debts are confirmed over this channel only. */
  static async open(service: Service, channel: Channel): Promise<Story> {
    const clock = makeClock(START);
    const fake = await service.make().listen();
    const relay = await startRelay({ now: clock.now });
    const till = await TillClient.ready(relay.url, clock.now, (policy) => ({
      ...withOwnersPhone(policy),
      weakCodes: ANY_WEAK_SUM,
      methods: {
        ...policy.methods,
        'sell-on-account': { ...policy.methods['sell-on-account'], chain: [channel] },
      },
    }));
    await till.elevate();
    till.codes = () => fake.last().code;
    // a service that only calls sends no code of ours, so it cannot be the first
    if (service.channels.every((one) => one === 'call')) {
      const other = { id: 'smsru', fields: { apiId: 'TEST', baseUrl: 'http://127.0.0.1:9' } };
      await adoptService(relay, till, { ...other, texts: TEXTS });
    }
    return new Story(clock, relay, till, fake);
  }

  async close(): Promise<void> {
    await this.relay.stop();
    await this.fake.stop();
  }

  readonly kept = async (reply: Promise<Reply>): Promise<Reply> => {
    const one = await reply;
    this.replies.push(one);
    return one;
  };

  /** As the first service: the owner answers its first code, which is then forgotten. */
  async save(fields: Readonly<Record<string, string>> = {}): Promise<Reply> {
    const all = { ...this.fake.fields, baseUrl: this.fake.url, ...fields };
    const reply = await this.kept(
      this.till.call('PUT', '/provider', { id: this.fake.id, fields: all, texts: TEXTS }),
    );
    if (reply.json.kind !== 'provider') return reply;
    this.fake.forget();
    this.till.tokens = tokensOf(this.relay);
    await this.till.elevate();
    return reply;
  }

  ask(id: string = uuidv7()): Promise<Reply> {
    return this.kept(ask(this.till, debtRequest(), id));
  }

  /** A day later, so that no limit applies; no sale follows a code here. */
  async later(): Promise<void> {
    this.clock.pass(25 * HOUR);
    await this.till.signIn();
    // otherwise a timer would send the owners' daily summary, which would get the behaviour meant for a code
    await this.relay.relay.outbox.round();
    await this.relay.relay.outbox.round();
  }

  get lastMessage() {
    return this.fake.messages.at(-1);
  }

  /** All replies, the log and every byte on the disk. */
  everything(): string {
    const { dataDir, log } = this.relay;
    const kept = readdirSync(dataDir).map((name) => readFileSync(join(dataDir, name), 'latin1'));
    const said = JSON.stringify(this.replies.map(({ json }) => json));
    return [said, JSON.stringify(log), ...kept].join('\n');
  }
}

const pairs = SERVICES.flatMap((service) =>
  service.channels.map((channel) => [service.title, channel, service] as const),
);

describe.for(pairs)('%s by %s', ([, channel, service]) => {
  let story: Story;
  const ours = (): boolean => story.relay.relay.provider.capability(channel)?.codeOrigin === 'ours';
  beforeAll(async () => {
    story = await Story.open(service, channel);
    expect((await story.save()).json).toMatchObject({ kind: 'provider', id: story.fake.id });
  });
  afterAll(() => story.close());

  test('the customer reads out the code, and that gives the grant', async () => {
    const { fake, till, clock } = story;
    const id = uuidv7();
    const reply = await story.ask(id);
    expect([reply.status, reply.json]).toMatchObject([201, { kind: 'awaiting-code', channel }]);
    const [message] = fake.messages;
    expect(fake.messages).toHaveLength(1);
    expect([message?.channel, digits(message?.to ?? '')]).toEqual([channel, digits(PHONE)]);
    expect(message?.code).toMatch(/^\d{4,8}$/);
    expect(message?.code).toHaveLength(reply.json.codeLength as number);
    if (message?.text !== null && channel !== 'whatsapp') expect(message?.text).toContain('540,00');

    if (service.delivered !== null && story.relay.relay.provider.capability(channel)?.statusPull) {
      fake.delivery.set(message?.id ?? '', service.delivered);
      clock.pass(2000);
      expect((await till.call('GET', `/challenges/${id}`)).json).toMatchObject({
        delivery: 'delivered',
      });
    }

    clock.pass(90_000);
    const again = await story.kept(till.call('POST', `/challenges/${id}/sends`, { channel }));
    expect(again.json).toMatchObject({ kind: 'awaiting-code', sendsLeft: 1 });
    expect(fake.messages).toHaveLength(2);
    if (ours()) expect(story.lastMessage?.code).toBe(message?.code);
    // the codes of both calls are right, because both were made
    const answer = await check(till, id, message?.code ?? '');
    expect(answer.json).toMatchObject({ kind: 'verified' });
    await story.later();
  });

  test('a slow reply is waited for', async () => {
    const before = story.fake.sends.length;
    story.fake.next({ kind: 'held' });
    const reply = story.ask();
    await expect.poll(() => story.fake.sends.length).toBe(before + 1);
    story.fake.release();
    expect((await reply).json).toMatchObject({ kind: 'awaiting-code' });
    await story.later();
  });

  test.for<Behaviour>([{ kind: 'half-close' }, { kind: 'half-answer' }])(
    'no reply ($kind): the message may have arrived; a code of ours still counts, one of the service is unknown',
    async (behaviour) => {
      const { fake, till } = story;
      const before = fake.sends.length;
      fake.next(behaviour);
      const id = uuidv7();
      const { json } = await story.ask(id);
      expect(fake.sends).toHaveLength(before + 1);
      if (ours()) {
        expect(json).toMatchObject({ kind: 'awaiting-code', delivery: 'unknown' });
        const answer = await check(till, id, story.lastMessage?.code ?? '');
        expect(answer.json).toMatchObject({ kind: 'verified' });
      } else expect(json).toEqual({ kind: 'refused', because: 'timeout-unknown' });
      await story.later();
    },
  );

  test.for<Behaviour>([
    { kind: 'garbage' },
    { kind: 'ten-megabytes' },
    { kind: 'invalid-utf-8' },
    { kind: 'redirect', to: 'http://127.0.0.1:9/' },
    { kind: 'status', status: 200, text: '<html>Welcome</html>' },
    { kind: 'status', status: 200, text: '' },
  ])('an unreadable reply ($kind) is refused', async (behaviour) => {
    const before = story.fake.sends.length;
    story.fake.next(behaviour);
    const { json } = await story.ask();
    // a described service lists its refusals itself, and this is not one of them
    const because = story.fake.id === 'generic_http' ? /^bad-reply$|^unknown$/ : /^bad-reply$/;
    expect(json).toEqual({ kind: 'refused', because: expect.stringMatching(because) as string });
    expect(story.fake.sends).toHaveLength(before + 1);
    await story.later();
  });

  test('a server error is temporary, and is not tried again by itself', async () => {
    const before = story.fake.sends.length;
    story.fake.next({ kind: 'status', status: 502, text: '<html>Bad gateway</html>' });
    expect((await story.ask()).json).toEqual({ kind: 'refused', because: 'temporary' });
    expect(story.fake.sends).toHaveLength(before + 1);
    await story.later();
  });

  if (channel === service.channels[0])
    test.for(service.refusals.map(([answer, because]) => [because, answer] as const))(
      "the service's own refusal is %s at the till, and nothing is sent",
      async ([because, answer]) => {
        const before = story.fake.messages.length;
        story.fake.next({ kind: 'answer', answer });
        expect((await story.ask()).json).toEqual({ kind: 'refused', because });
        expect(story.fake.messages).toHaveLength(before);
        await story.later();
      },
    );
});

describe.for(SERVICES.map((service) => [service.title, service] as const))(
  'the settings of %s',
  ([, service]) => {
    let story: Story;
    let before: ReadonlySet<string>;
    const [channel = 'sms'] = service.channels;
    beforeAll(async () => {
      story = await Story.open(service, channel);
      before = numbersIn(story.everything());
    });
    afterAll(() => story.close());

    test('a wrong secret is not stored if the service can be asked', async () => {
      if (!service.hasBalance) return;
      const reply = await story.save({ [service.secret]: 'WRONG-9876543210' });
      expect(reply.json).toMatchObject({ kind: 'refused', because: 'auth' });
      expect((await story.till.call('GET', '/provider')).json).toMatchObject({ id: 'demo' });
    });

    test('a secret broken by a line break is named, and no request is sent', async () => {
      const before = story.fake.requests.length;
      const secret = story.fake.fields[service.secret] ?? '';
      for (const wrong of [`${secret.slice(0, 8)}\n${secret.slice(8)}`, 'a\u0000b', 'a\r\nX: y']) {
        const reply = await story.save({ [service.secret]: wrong });
        expect(reply.json).toEqual({ kind: 'field-wrong', key: service.secret });
      }
      expect(story.fake.requests).toHaveLength(before);
    });

    test('pasted spaces are removed; then the balance is shown and a message tested', async () => {
      const secret = story.fake.fields[service.secret] ?? '';
      const saved = await story.save({ [service.secret]: `\n  ${secret}\t\r\n` });
      expect(saved.json).toMatchObject({ kind: 'provider' });
      const balance = await story.kept(story.till.call('POST', '/provider/balance', {}));
      expect(balance.json.kind).toBe(service.hasBalance ? 'balance' : 'no-balance');
      const trial = { phone: PHONE, channel };
      const sent = await story.kept(story.till.call('POST', '/provider/test-message', trial));
      expect(sent.json).toMatchObject({ kind: 'sent' });
      expect(story.fake.messages).toHaveLength(1);
      const dry = await story.kept(
        story.till.call('POST', '/provider/test-message', { ...trial, dryRun: true }),
      );
      const { json } = await story.kept(story.till.call('GET', '/provider'));
      const can = providerSettings.parse(json).channels.find((one) => one.channel === channel);
      expect(dry.json).toMatchObject(
        can?.testMode ? { kind: 'sent' } : { because: 'channel-not-available' },
      );
      // a dry run sends nothing
      expect(story.fake.messages).toHaveLength(1);
    });

    test('neither secret nor code nor number is in a reply, in the log or on disk', async () => {
      await story.ask();
      story.fake.next({
        kind: 'status',
        status: 500,
        text: JSON.stringify([story.fake.fields[service.secret], PHONE, digits(PHONE)]),
      });
      await story.later();
      await story.till.elevate();
      const trial = { phone: PHONE, channel };
      await story.kept(story.till.call('POST', '/provider/test-message', trial));
      await story.kept(story.till.call('GET', '/provider'));
      await story.kept(story.till.call('GET', '/health'));
      const everything = story.everything();
      expect(everything).toContain('provider-asked');
      const secret = story.fake.fields[service.secret] ?? '';
      for (const word of [secret, encodeURIComponent(secret), digits(PHONE)])
        expect(everything).not.toContain(word);
      expect(everything).not.toContain(btoa(secret).slice(0, 20));
      const codes = story.fake.messages.map(({ code }) => code);
      expect(codes.length).toBeGreaterThan(1);
      const numbers = numbersIn(everything);
      expect(codes.filter((code) => numbers.has(code) && !before.has(code))).toEqual([]);
    });
  },
);
