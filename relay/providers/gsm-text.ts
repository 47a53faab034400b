// Whether an SMS text fits GSM-7 (160 characters a segment) or needs Unicode (70).

/** GSM 03.38: the basic table and its extension. */
const GSM =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà' +
  '\f^{}\\[~]|€';
const LETTERS = new Set(GSM);

export const isGsmText = (text: string): boolean => [...text].every((sign) => LETTERS.has(sign));
