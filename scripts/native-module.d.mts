export function loadFailure(folder: string, name?: string): string | null;
export function mendNativeModule(parts: {
  readonly load: () => string | null;
  readonly rebuild: () => void;
  readonly say: (line: string) => void;
  readonly node?: string;
}): 'ready' | 'rebuilt' | 'broken';
