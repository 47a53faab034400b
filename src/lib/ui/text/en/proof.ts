// How an act was confirmed, in English.
import type { proof as ru } from '$lib/ui/text/ru/proof';

export const proof = {
  title: 'Confirmed by',
  unknownOperator: 'no longer on the staff list',
  personCode: (channel: string) => `Authorised person’s code · ${channel}, signature valid`,
  code: (channel: string) => `Code · ${channel}, verified`,
  channels: {
    sms: 'SMS',
    viber: 'Viber',
    whatsapp: 'WhatsApp',
    call: 'call',
    telegram: 'Telegram',
  },
  demoCode: 'Code correct · demo',
  demoReserveCode: 'Reserve code correct · demo',
  reserveCode: 'Reserve code, verified',
  wrongReserveCode: 'Not confirmed: the reserve code is not valid',
  wrongSignature: 'Not confirmed: the signature is wrong',
  otherAct: 'Not confirmed: the code was issued for something else',
  override: 'Without a code',
  because: {
    'no-internet': 'no internet',
    'provider-failed': 'service did not send',
    'code-did-not-arrive': 'code did not arrive',
    'phone-not-at-hand': 'phone not at hand',
    other: 'another reason',
  },
  allowedBy: (name: string) => `allowed by ${name}`,
  askedBy: (name: string) => `asked by ${name}`,
  none: 'Not confirmed',
  noneBecause: {
    demo: 'demo',
    import: 'imported from a file',
    'import-untold': 'imported from a file, without a message',
  },
  byRight: 'By right, in the customer’s favour',
  notRequired: 'Code not required',
  notRequiredBecause: {
    'method-none': 'no method chosen',
    'below-threshold': 'below the threshold',
  },
} satisfies typeof ru;
