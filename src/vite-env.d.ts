// Constants that the build writes into the till.

interface ImportMetaEnv {
  /** Version in package.json; undefined without a build (tests). */
  readonly VITE_APP_VERSION?: string;
}
