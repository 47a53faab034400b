// What the bundler puts in: a file as text (`?raw`), and all files that fit a pattern.
declare module '*?raw' {
  const text: string;
  export default text;
}

interface ImportMeta {
  /** The modules by their paths. */
  readonly glob: <Module>(
    patterns: readonly string[],
    options: { readonly eager: true },
  ) => Readonly<Record<string, Module>>;
}
