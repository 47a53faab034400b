// Regular expressions by which a shop owner describes replies; RE2 matches them in linear time.
import { RE2JS, RE2JSException } from 're2js';

/** Limits of pattern and program: time is linear in the length of the reply times the program. */
const MOST_PATTERN = 200;
const MOST_STEPS = 1000;
/** Only the beginning of a longer reply is matched. */
const MOST_TEXT = 8192;

type ReplyPattern = {
  /** Named groups of the leftmost match, or null where nothing matches. */
  readonly match: (text: string) => ReadonlyMap<string, string> | null;
  readonly names: readonly string[];
};

/** Compiles a pattern in RE2's syntax; null where it is invalid, too long, or needs backtracking. */
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
          // RE2 counts the carriage return at the end of a line as part of it
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
    if (error instanceof RE2JSException) return null; // not RE2's syntax
    throw error;
  }
}
