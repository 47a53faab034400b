// What the build writes into the till.

interface ImportMetaEnv {
  /** Of package.json; undefined where nothing was built (tests). */
  readonly VITE_APP_VERSION?: string;
}
