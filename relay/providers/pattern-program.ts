// Compiles the everyday part of regular expressions into the steps that reply-pattern.ts walks: signs, forks, marks, edges.

/** Longer patterns and larger programs are refused. */
const MOST_PATTERN = 200;
const MOST_STEPS = 1000;

export type Test = (sign: string) => boolean;
export type Edge = '^' | '$' | 'b' | 'B';
export type Step =
  | { readonly op: 'sign'; readonly test: Test }
  | { readonly op: 'fork'; readonly first: number; readonly second: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'edge'; readonly edge: Edge }
  | { readonly op: 'done' };

/** Steps in order, and the names of the groups whose starts and ends they save in slots 2n and 2n+1. */
export type PatternProgram = { readonly steps: readonly Step[]; readonly names: readonly string[] };

class BadPattern extends Error {}

/** Null where the pattern is wrong, too long, or needs backtracking (look-around, back-references). */
export function compilePattern(source: string): PatternProgram | null {
  try {
    return source.length > MOST_PATTERN ? null : new Compiling(source).whole();
  } catch (error) {
    if (error instanceof BadPattern) return null;
    throw error;
  }
}

type Node =
  | { readonly kind: 'sign'; readonly test: Test }
  | { readonly kind: 'edge'; readonly edge: Edge }
  | { readonly kind: 'all'; readonly of: readonly Node[] }
  | { readonly kind: 'any'; readonly of: readonly Node[] }
  | { readonly kind: 'group'; readonly of: Node; readonly slot: number }
  | {
      readonly kind: 'times';
      readonly of: Node;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    };

const isDigit: Test = (sign) => sign >= '0' && sign <= '9';
export const isWord: Test = (sign) => /^\w$/.test(sign);
const isSpace: Test = (sign) => /^\s$/.test(sign);
const not =
  (test: Test): Test =>
  (sign) =>
    !test(sign);
const CLASSES: Readonly<Record<string, Test>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' };
const TIMES: Readonly<Record<string, readonly [number, number]>> = {
  '*': [0, Infinity],
  '+': [1, Infinity],
  '?': [0, 1],
};

class Compiling {
  readonly #signs: readonly string[];
  #at = 0;
  #depth = 0;
  readonly #names: string[] = [];
  readonly #steps: Step[] = [];

  constructor(source: string) {
    this.#signs = [...source];
  }

  whole(): PatternProgram {
    const node = this.#any();
    if (this.#at < this.#signs.length) throw new BadPattern();
    this.#emit(node);
    this.#add({ op: 'done' });
    return { steps: this.#steps, names: this.#names };
  }

  #peek(): string | undefined {
    return this.#signs[this.#at];
  }

  #next(): string {
    const sign = this.#signs[this.#at];
    if (sign === undefined) throw new BadPattern();
    this.#at += 1;
    return sign;
  }

  #take(text: string): boolean {
    if (this.#signs.slice(this.#at, this.#at + text.length).join('') !== text) return false;
    this.#at += text.length;
    return true;
  }

  #any(): Node {
    this.#depth += 1;
    if (this.#depth > 20) throw new BadPattern();
    const of = [this.#all()];
    while (this.#take('|')) of.push(this.#all());
    this.#depth -= 1;
    return { kind: 'any', of };
  }

  #all(): Node {
    const of: Node[] = [];
    for (let sign = this.#peek(); sign !== undefined && sign !== '|' && sign !== ')';) {
      of.push(this.#times(this.#one()));
      sign = this.#peek();
    }
    return { kind: 'all', of };
  }

  #one(): Node {
    const sign = this.#next();
    if (sign === '(') return this.#group();
    if (sign === '[') return { kind: 'sign', test: this.#class() };
    if (sign === '.') return { kind: 'sign', test: (it) => it !== '\n' && it !== '\r' };
    if (sign === '^' || sign === '$') return { kind: 'edge', edge: sign };
    if (sign === '\\') {
      if (this.#take('b')) return { kind: 'edge', edge: 'b' };
      if (this.#take('B')) return { kind: 'edge', edge: 'B' };
      return { kind: 'sign', test: this.#escaped() };
    }
    if ('*+?{}])'.includes(sign)) throw new BadPattern();
    return { kind: 'sign', test: (it) => it === sign };
  }

  #group(): Node {
    let slot = -1;
    if (this.#take('?<')) {
      let name = '';
      for (let sign = this.#next(); sign !== '>'; sign = this.#next()) name += sign;
      if (!/^[A-Za-z_]\w*$/.test(name) || this.#names.includes(name)) throw new BadPattern();
      slot = this.#names.push(name) - 1;
    } else if (!this.#take('?:') && this.#peek() === '?') throw new BadPattern();
    const of = this.#any();
    if (!this.#take(')')) throw new BadPattern();
    return slot < 0 ? of : { kind: 'group', of, slot };
  }

  #times(of: Node): Node {
    const sign = this.#peek() ?? '';
    let [min, max]: readonly number[] = TIMES[sign] ?? [1, 1];
    if (Object.hasOwn(TIMES, sign)) this.#at += 1;
    else if (sign === '{') {
      const written = /^\{(\d{1,3})(,(\d{1,3})?)?\}/.exec(this.#signs.slice(this.#at).join(''));
      if (written === null) throw new BadPattern();
      this.#at += written[0].length;
      min = Number(written[1]);
      max =
        written[2] === undefined ? min : written[3] === undefined ? Infinity : Number(written[3]);
    } else return of;
    if (min === undefined || max === undefined || max < min || of.kind === 'edge')
      throw new BadPattern();
    return { kind: 'times', of, min, max, lazy: this.#take('?') };
  }

  /** After a backslash: a class, a control sign, a code, or a sign that stands for itself. */
  #escaped(): Test {
    const sign = this.#next();
    const known = Object.hasOwn(CLASSES, sign) ? CLASSES[sign] : undefined;
    if (known !== undefined) return known;
    const literal = this.#literal(sign);
    return (it) => it === literal;
  }

  #literal(sign: string): string {
    if (Object.hasOwn(CONTROLS, sign)) return CONTROLS[sign] ?? '';
    if (sign === 'x' || sign === 'u') {
      const code = Array.from({ length: sign === 'x' ? 2 : 4 }, () => this.#next()).join('');
      if (!/^[0-9a-fA-F]+$/.test(code)) throw new BadPattern();
      return String.fromCharCode(parseInt(code, 16));
    }
    if (/^[A-Za-z0-9]$/.test(sign)) throw new BadPattern(); // back-references and the unknown
    return sign;
  }

  #class(): Test {
    const inverted = this.#take('^');
    const tests: Test[] = [];
    for (let first = this.#next(); first !== ']'; first = this.#next()) {
      const from = first === '\\' ? this.#classEscape() : first;
      if (typeof from !== 'string') {
        tests.push(from);
        continue;
      }
      const ranges = this.#peek() === '-' && this.#signs[this.#at + 1] !== ']';
      if (ranges) this.#at += 1;
      const next = ranges ? this.#next() : from;
      const to = ranges && next === '\\' ? this.#classEscape() : next;
      if (typeof to !== 'string' || to < from) throw new BadPattern();
      tests.push((it) => it >= from && it <= to);
    }
    return (it) => tests.some((test) => test(it)) !== inverted;
  }

  #classEscape(): string | Test {
    const sign = this.#next();
    if (sign === 'b') return '\b';
    return (Object.hasOwn(CLASSES, sign) && CLASSES[sign]) || this.#literal(sign);
  }

  #add(step: Step): number {
    if (this.#steps.length >= MOST_STEPS) throw new BadPattern();
    return this.#steps.push(step) - 1;
  }

  /** A fork whose ways are filled in later. */
  #fork(): (lazy: boolean, inside: number, outside: number) => void {
    const place = this.#add({ op: 'fork', first: 0, second: 0 });
    return (lazy, inside, outside) => {
      const [first, second] = lazy ? [outside, inside] : [inside, outside];
      this.#steps[place] = { op: 'fork', first, second };
    };
  }

  #emit(node: Node): void {
    switch (node.kind) {
      case 'sign':
        this.#add({ op: 'sign', test: node.test });
        return;
      case 'edge':
        this.#add({ op: 'edge', edge: node.edge });
        return;
      case 'all':
        node.of.forEach((part) => this.#emit(part));
        return;
      case 'group':
        this.#add({ op: 'save', slot: node.slot * 2 });
        this.#emit(node.of);
        this.#add({ op: 'save', slot: node.slot * 2 + 1 });
        return;
      case 'any':
        this.#emitAny(node.of);
        return;
      case 'times':
        this.#emitTimes(node);
    }
  }

  #emitAny(ways: readonly Node[]): void {
    const ends: ((lazy: boolean, inside: number, outside: number) => void)[] = [];
    ways.forEach((way, i) => {
      const last = i === ways.length - 1;
      const fork = last ? null : this.#fork();
      const start = this.#steps.length;
      this.#emit(way);
      if (!last) ends.push(this.#fork());
      fork?.(false, start, this.#steps.length);
    });
    const end = this.#steps.length;
    ends.forEach((jump) => jump(false, end, end));
  }

  #emitTimes({ of, min, max, lazy }: Extract<Node, { kind: 'times' }>): void {
    for (let i = 0; i < min; i += 1) this.#emit(of);
    if (max === Infinity) {
      const start = this.#steps.length;
      const fork = this.#fork();
      this.#emit(of);
      this.#fork()(false, start, start);
      fork(lazy, start + 1, this.#steps.length);
      return;
    }
    const forks = Array.from({ length: max - min }, () => {
      const fork = this.#fork();
      const start = this.#steps.length;
      this.#emit(of);
      return (end: number): void => fork(lazy, start, end);
    });
    forks.forEach((fork) => fork(this.#steps.length));
  }
}
