// Whether and how this browser can install the till as an app, and whether it is installed.

export type InstallWay =
  | 'installed'
  /** One tap, through the browser's prompt. */
  | 'offered'
  /** iPad and iPhone: manually, from the share sheet. */
  | 'share'
  /** Any other browser: manually, from its menu. */
  | 'menu'
  /** Browsers install only from https or localhost. */
  | 'insecure';

/** Chromium's `beforeinstallprompt`; it can be used once. */
export type InstallPrompt = Event & {
  readonly prompt: () => Promise<unknown>;
  readonly userChoice: Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
};

/** What it needs from the browser. */
export type InstallDeps = {
  /** Target of the browser's install events. */
  readonly page: EventTarget;
  /** Matches while the till runs as an installed app. */
  readonly asApp: Pick<MediaQueryList, 'matches'> & EventTarget;
  readonly userAgent: string;
  readonly touchPoints: number;
  readonly secure: boolean;
};

export class InstallOffer {
  readonly #deps: InstallDeps;
  #prompt = $state.raw<InstallPrompt | null>(null);
  #installed = $state(false);

  /** Listens at once, because the browser fires the event only once, soon after the page has loaded. */
  constructor(deps: InstallDeps) {
    this.#deps = deps;
    const { page, asApp } = deps;
    this.#installed = asApp.matches;
    page.addEventListener('beforeinstallprompt', (event) => {
      // keep the prompt until somebody asks for it: the browser's own banner would appear in the middle of a sale
      event.preventDefault();
      this.#prompt = event as InstallPrompt;
    });
    page.addEventListener('appinstalled', () => this.#done());
    asApp.addEventListener('change', () => {
      if (asApp.matches) this.#done();
    });
  }

  get way(): InstallWay {
    if (this.#installed) return 'installed';
    if (this.#prompt !== null) return 'offered';
    const { userAgent, touchPoints, secure } = this.#deps;
    if (!secure) return 'insecure';
    // an iPad reports itself as a Mac, but Macs have no touch screen
    const isApple =
      /iPhone|iPad|iPod/.test(userAgent) || (/Mac/.test(userAgent) && touchPoints > 1);
    return isApple ? 'share' : 'menu';
  }

  /** Shows the browser's prompt. If it is declined, only the browser can offer it again. */
  async install(): Promise<void> {
    const prompt = this.#prompt;
    if (prompt === null) return;
    this.#prompt = null;
    try {
      await prompt.prompt();
      const { outcome } = await prompt.userChoice;
      if (outcome === 'accepted') this.#done();
    } catch {
      // device policies can forbid the prompt; the manual way is shown instead
    }
  }

  #done(): void {
    this.#installed = true;
    this.#prompt = null;
  }
}

export const installOffer = new InstallOffer({
  page: window,
  asApp: matchMedia('(display-mode: standalone), (display-mode: window-controls-overlay)'),
  userAgent: navigator.userAgent,
  touchPoints: navigator.maxTouchPoints,
  secure: isSecureContext,
});
