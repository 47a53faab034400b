// Waits for free space on a full disk: in growing intervals, and when somebody returns to the page.
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

/** Resolves as soon as `hasRoom` finds space. */
export async function roomAgain(hasRoom: () => Promise<boolean>): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    await pause(pauseMs);
    if (await hasRoom()) return;
  }
}

/** Ends early when the page is shown again, gets the focus, or comes online, because somebody may have freed space. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const ended = new AbortController();
    const end = () => {
      clearTimeout(timer);
      ended.abort();
      resolve();
    };
    const timer = setTimeout(end, ms);
    const { signal } = ended;
    document.addEventListener('visibilitychange', () => document.hidden || end(), { signal });
    for (const event of ['focus', 'online']) addEventListener(event, end, { signal });
  });
}
