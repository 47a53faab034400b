// Whether and how this browser can install the till as an app, and whether it is installed.

export type InstallWay =
  | 'installed'
  /** One tap: the browser has offered it. */
  | 'offered'
  /** iPad and iPhone: by hand, from the share sheet. */
  | 'share'
  /** Any other browser: by hand, from its menu. */
  | 'menu'
  /** Browsers install only what comes over https, or from this very machine. */
  | 'insecure';

/** Chromium's `beforeinstallprompt`; good for one question. */
export type InstallPrompt = Event & {
  readonly prompt: () => Promise<unknown>;
  readonly userChoice: Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
};

/** What of the browser it depends on. */
export type InstallDeps = {
  /** Where the browser tells of it. */
  readonly page: EventTarget;
  /** Matches while the till runs as an app. */
  readonly asApp: Pick<MediaQueryList, 'matches'> & EventTarget;
  readonly userAgent: string;
  readonly touchPoints: number;
  readonly secure: boolean;
};

export class InstallOffer {
  readonly #deps: InstallDeps;
  #prompt = $state.raw<InstallPrompt | null>(null);
  #installed = $state(false);

  /** Listens from now on: the browser offers it once, soon after the page has loaded. */
  constructor(deps: InstallDeps) {
    this.#deps = deps;
    const { page, asApp } = deps;
    this.#installed = asApp.matches;
    page.addEventListener('beforeinstallprompt', (event) => {
      // kept for when a person asks for it; the browser's own strip would come in the middle of a sale
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
    // an iPad calls itself a Mac, but Macs have no touch screen
    const isApple =
      /iPhone|iPad|iPod/.test(userAgent) || (/Mac/.test(userAgent) && touchPoints > 1);
    return isApple ? 'share' : 'menu';
  }

  /** Shows the browser's own question. What a person refuses there is offered again only when the browser does. */
  async install(): Promise<void> {
    const prompt = this.#prompt;
    if (prompt === null) return;
    this.#prompt = null;
    try {
      await prompt.prompt();
      const { outcome } = await prompt.userChoice;
      if (outcome === 'accepted') this.#done();
    } catch {
      // some devices' owners forbid the question: the way by hand is shown in its place
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
