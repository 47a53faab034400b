// Which texts an SMS carries in GSM-7 (160 characters a segment) and which only in Unicode (70): any Cyrillic letter decides.

/** GSM 03.38, the basic table and its extension. */
const GSM =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà' +
  '\f^{}\\[~]|€';
const LETTERS = new Set(GSM);

export const isGsmText = (text: string): boolean => [...text].every((sign) => LETTERS.has(sign));
