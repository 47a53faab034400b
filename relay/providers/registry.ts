// All messaging services that the relay supports, by id.
import { demo } from './demo';
import { genericHttp } from './generic-http';
import { mobizon } from './mobizon';
import type { Provider } from './provider';
import { smsaero } from './smsaero';
import { smsc } from './smsc';
import { smsru } from './smsru';
import { telegramGateway } from './telegram-gateway';
import { turbosms } from './turbosms';
import { twilio } from './twilio';
import { vonage } from './vonage';
import { whatsappCloud } from './whatsapp-cloud';

/** In the order of the settings screen. */
export const providers: Readonly<Record<string, Provider>> = {
  smsru,
  smsc,
  smsaero,
  twilio,
  whatsapp_cloud: whatsappCloud,
  telegram_gateway: telegramGateway,
  vonage,
  turbosms,
  mobizon,
  generic_http: genericHttp,
  demo,
};

/** The adapter of this id, or null; never an inherited name such as `constructor`. */
export const providerOf = (id: string): Provider | null =>
  Object.hasOwn(providers, id) ? (providers[id] ?? null) : null;
