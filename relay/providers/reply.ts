// How adapters read a provider's JSON: nothing in it is believed before it was looked at.
import type { HttpResponse } from './provider';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The reply as an object, or null where it is anything else. */
export function jsonObject(response: HttpResponse): JsonObject | null {
  try {
    const value: unknown = JSON.parse(response.text);
    return isRecord(value) ? value : null;
  } catch {
    return null; // not JSON: the caller says what that means
  }
}
