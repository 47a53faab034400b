// Regular expressions a manager writes to read a service's reply, run in time linear in the reply: no pattern and no reply can hang the relay.
// A Pike machine: all ways through the pattern are walked at once, so nothing is ever tried again.
import { compilePattern, isWord, type Edge, type Step } from './pattern-program';

/** Of a longer reply only the beginning is looked at. */
const MOST_TEXT = 8192;

export type ReplyPattern = {
  /** Named groups of the leftmost match, or null where nothing matches. */
  readonly match: (text: string) => ReadonlyMap<string, string> | null;
  readonly names: readonly string[];
};

/** The pattern made ready; null where it is wrong, too long, or needs backtracking. */
export function replyPattern(source: string): ReplyPattern | null {
  const program = compilePattern(source);
  if (program === null) return null;
  const { steps, names } = program;
  return { names, match: (text) => run(steps, names, [...text.slice(0, MOST_TEXT)]) };
}

type Thread = { readonly step: number; readonly saved: readonly number[] };

/** All ways are walked together, sign by sign; where two meet, the one preferred earlier goes on. */
function run(
  steps: readonly Step[],
  names: readonly string[],
  signs: readonly string[],
): ReadonlyMap<string, string> | null {
  let threads: Thread[] = [];
  let best: readonly number[] | null = null;
  for (let at = 0; at <= signs.length; at += 1) {
    const seen = new Set<number>();
    const ready: Thread[] = [];
    for (const thread of threads) follow(steps, signs, at, thread, seen, ready);
    if (best === null) follow(steps, signs, at, { step: 0, saved: [] }, seen, ready);
    threads = [];
    for (const { step, saved } of ready) {
      const here = steps[step];
      if (here?.op === 'done') {
        best = saved;
        break; // whoever comes later was preferred less
      }
      const sign = signs[at];
      if (here?.op === 'sign' && sign !== undefined && here.test(sign))
        threads.push({ step: step + 1, saved });
    }
    if (best !== null && threads.length === 0) break;
  }
  return best && groups(names, signs, best);
}

/** Goes on through forks and edges to the steps that read a sign, or to the end. */
function follow(
  steps: readonly Step[],
  signs: readonly string[],
  at: number,
  from: Thread,
  seen: Set<number>,
  ready: Thread[],
): void {
  const waiting = [from];
  for (let thread = waiting.pop(); thread !== undefined; thread = waiting.pop()) {
    const { step, saved } = thread;
    const here = steps[step];
    if (here === undefined || seen.has(step)) continue;
    seen.add(step);
    if (here.op === 'fork') waiting.push({ step: here.second, saved }, { step: here.first, saved });
    else if (here.op === 'save') {
      const marked = [...saved];
      marked[here.slot] = at;
      waiting.push({ step: step + 1, saved: marked });
    } else if (here.op === 'edge') {
      if (holds(here.edge, signs, at)) waiting.push({ step: step + 1, saved });
    } else ready.push(thread);
  }
}

function holds(edge: Edge, signs: readonly string[], at: number): boolean {
  if (edge === '^') return at === 0;
  if (edge === '$') return at === signs.length;
  const between = isWord(signs[at - 1] ?? '') !== isWord(signs[at] ?? '');
  return between === (edge === 'b');
}

function groups(
  names: readonly string[],
  signs: readonly string[],
  saved: readonly number[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  names.forEach((name, i) => {
    const [start, end] = [saved[i * 2], saved[i * 2 + 1]];
    if (start !== undefined && end !== undefined) found.set(name, signs.slice(start, end).join(''));
  });
  return found;
}
