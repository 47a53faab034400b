// Measures the processor time of a shell command and of all processes that it starts.
// Each of two methods misses some of it, so what is returned is the larger, "at least so much".
import { readdirSync, readFileSync } from 'node:fs';

const SAMPLE_MS = 500;
/** The kernel counts in hundredths of a second, whatever its own clock (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** Whether the shell that runs a command is one of POSIX, which knows `times`. */
const hasTimes = process.platform !== 'win32';
const hasProc = process.platform === 'linux';

/** The command for a POSIX shell; when it has ended, the shell writes what `secondsIn` reads to file 3. */
export const timed = (command) =>
  hasTimes ? `( ${command} ) 3>&-; status=$?; times >&3; exit $status` : command;

/**
 * Seconds in the output of `times`: user and system, first the shell's, in the second line its children's. Those are exact, but
 * without the processes that outlived their parent, such as Chromium's pages: a third of a browser test. Null without output.
 */
export function secondsIn(times) {
  const spent = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.,]+)s/g)];
  if (spent.length === 0) return null;
  return spent.reduce(
    (sum, [, minutes, rest]) => sum + minutes * 60 + Number(rest.replace(',', '.')),
    0,
  );
}

/**
 * Watches a process and its descendants, on Linux. Call what it returns when the process has ended: it gives the seconds that
 * all of them had used when last seen, or null elsewhere. Misses less than a tenth of a browser test.
 */
export function watch(pid) {
  if (!hasProc) return () => null;
  const seen = new Map();
  const nameOf = (each) => `${each.pid} ${each.start}`; // numbers are used again
  const sample = () => {
    let others = readdirSync('/proc').map(statOf).filter(Boolean);
    const tree = new Set([String(pid)]);
    const isOurs = (each) => tree.has(each.pid) || tree.has(each.parent) || seen.has(nameOf(each));
    for (let ours = others.filter(isOurs); ours.length > 0; ours = others.filter(isOurs)) {
      for (const each of ours) {
        tree.add(each.pid);
        seen.set(nameOf(each), each.seconds);
      }
      others = others.filter((each) => !ours.includes(each));
    }
  };
  const timer = setInterval(sample, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    return [...seen.values()].reduce((sum, seconds) => sum + seconds, 0);
  };
}

/** A process of Linux: its parent, its start and its seconds so far; null if it has ended, or the name is not one. */
function statOf(pid) {
  if (!/^\d+$/.test(pid)) return null;
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the second field is the program's name in brackets, which may itself contain some
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    return { pid, parent: fields[1], start: fields[19], seconds };
  } catch {
    return null;
  }
}
