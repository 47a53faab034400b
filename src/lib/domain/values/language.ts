// The languages that screens and messages exist in.

export type Language = 'ru' | 'en';
