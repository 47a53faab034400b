// Regular expressions a shop owner writes to read a service's reply, matched in linear time by RE2.
import { RE2JS, RE2JSException } from 're2js';

/** Longer patterns and larger programs are refused: time is linear in the reply times the program. */
const MOST_PATTERN = 200;
const MOST_STEPS = 1000;
/** Of a longer reply only the beginning is looked at. */
const MOST_TEXT = 8192;

export type ReplyPattern = {
  /** Named groups of the leftmost match, or null where nothing matches. */
  readonly match: (text: string) => ReadonlyMap<string, string> | null;
  readonly names: readonly string[];
};

/** The pattern in RE2's syntax made ready; null where it is wrong, too long, or needs backtracking. */
export function replyPattern(source: string): ReplyPattern | null {
  const pattern = source.length > MOST_PATTERN ? null : compiled(source);
  if (pattern === null || pattern.programSize() > MOST_STEPS) return null;
  const names = Object.keys(pattern.namedGroups());
  return {
    names,
    match: (text) => {
      const matcher = pattern.matcher(text.slice(0, MOST_TEXT));
      if (!matcher.find()) return null;
      return new Map(
        names.flatMap((name): [string, string][] => {
          const value = matcher.group(name);
          // to RE2 the carriage return that ends a line is a character of it
          return value === null ? [] : [[name, value.replace(/\r$/, '')]];
        }),
      );
    },
  };
}

function compiled(source: string): RE2JS | null {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (error instanceof RE2JSException) return null; // not its syntax
    throw error;
  }
}
