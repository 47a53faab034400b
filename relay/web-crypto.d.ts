// Declares WebCrypto's types globally, as the DOM library does for the till.
import type { webcrypto } from 'node:crypto';

declare global {
  type CryptoKey = webcrypto.CryptoKey;
  type CryptoKeyPair = webcrypto.CryptoKeyPair;
  type JsonWebKey = webcrypto.JsonWebKey;
  type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer;
}
