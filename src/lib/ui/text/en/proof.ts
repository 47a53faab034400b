// How an act was confirmed, in English.
import type { proof as ru } from '$lib/ui/text/ru/proof';

export const proof = {
  title: 'Confirmed by',
  unknownOperator: 'no longer on the staff list',
  code: (channel: string) => `Code · ${channel}, signature right`,
  channels: {
    sms: 'SMS',
    viber: 'Viber',
    whatsapp: 'WhatsApp',
    call: 'call',
    telegram: 'Telegram',
  },
  demo: 'Code correct · demo',
  reserveCode: 'Reserve code, genuine',
  wrongReserveCode: 'None: the reserve code is not genuine',
  wrongSignature: 'None: the signature is wrong',
  otherAct: 'None: the code was for something else',
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
  none: 'None',
  noneBecause: {
    demo: 'demo',
    import: 'brought in from a file',
    correction: 'corrected by hand',
  },
  notRequired: 'Code not required',
  notRequiredBecause: {
    'method-none': 'no method chosen',
    'below-threshold': 'below the threshold',
  },
  nothingMoved: 'Debt and points did not move',
} satisfies typeof ru;
