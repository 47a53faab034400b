// The size of a message as operators charge for it: characters and segments.

/** The basic characters of GSM 03.38, and those that take two positions (3GPP TS 23.038, 6.2.1). */
const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const GSM_TWO_PLACES = '\f^{}\\[~]|€';

/** Whether a text fits the GSM alphabet; any other is sent as Unicode. */
export const isGsmText = (text: string): boolean =>
  [...text].every((it) => GSM_BASIC.includes(it) || GSM_TWO_PLACES.includes(it));

export type MessageSize = {
  readonly characters: number;
  readonly segments: number;
  /** Characters per segment: 160 or 153, 70 or 67. */
  readonly perSegment: number;
};

/** The size operators charge for: 160 characters of the GSM alphabet or 70 of any other; in parts 153 or 67. */
export function sizeOfMessage(text: string): MessageSize {
  const letters = [...text];
  const gsm = isGsmText(text);
  const places = letters.map((it) => (gsm ? (GSM_TWO_PLACES.includes(it) ? 2 : 1) : it.length));
  const characters = places.reduce((total, each) => total + each, 0);
  const [alone, part] = gsm ? [160, 153] : [70, 67];
  if (characters <= alone) return { characters, segments: 1, perSegment: alone };
  let segments = 1;
  let room = part;
  // a character of two positions is never split between parts
  for (const each of places) {
    if (each > room) {
      segments += 1;
      room = part;
    }
    room -= each;
  }
  return { characters, segments, perSegment: part };
}
