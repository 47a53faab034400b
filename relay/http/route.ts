// A route of the API in one description: who may call it, its input, its replies, its handler.
// The router (`router.ts`) and the document (`openapi/document.ts`) are made from it.
import type { Context } from 'hono';
import * as z from 'zod/mini';
import type { Right } from '$lib/contract/policy';
import type { ElevationLevel } from '$lib/contract/till';
import type { TillRow } from '../store/tills';
import type { BodyBounds } from './json-body';
import type { Env } from './request';

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** Who may call a route. */
export type Access =
  | { readonly kind: 'open' }
  /** No session required; a bearer token that is sent must be valid all the same. */
  | { readonly kind: 'optional-session' }
  /** `ownJournal`: not a till whose journal is kept apart from the shop's. */
  | { readonly kind: 'session'; readonly ownJournal: boolean }
  /** A session whose operator is elevated and has one of these rights. */
  | { readonly kind: 'elevation'; readonly level: ElevationLevel; readonly anyOf: Rights }
  /** The messaging service: a secret in the path. No session, no contract header. */
  | { readonly kind: 'callback' };

type Rights = readonly [Right, ...Right[]];

/** A reply as the document describes it. `T`: its body; null: none. */
export type Reply<T = unknown> = {
  readonly status: number;
  /** `null`: no body. `'text'`: a body whose form the messaging service prescribes. `'gzip'`: bytes. */
  readonly schema: z.ZodMiniType<T> | null | 'text' | 'gzip';
  /** Markdown. */
  readonly description: string;
};

/** A parameter of the query. */
export type Query<T = unknown> = {
  readonly description: string;
  readonly required: boolean;
  readonly schema: Readonly<Record<string, unknown>>;
  /** Its value; undefined: malformed. `text` is undefined where the query lacks it. */
  readonly read: (text: string | undefined) => T | undefined;
};

type Queries = Readonly<Record<string, Query>>;

type Description<
  A extends Access = Access,
  B extends z.ZodMiniType | undefined = z.ZodMiniType | undefined,
  Q extends Queries = Queries,
  L extends readonly Reply[] = readonly Reply[],
> = {
  /** `operationId` of the document; unique. */
  readonly id: string;
  readonly summary: string;
  /** Markdown. */
  readonly description?: string;
  readonly access: A;
  /** When the handler itself asks for elevation, in words; the router does not. */
  readonly elevationWhen?: string;
  /** When an owner has to consent, in words; the handler asks for it. */
  readonly consentWhen?: string;
  readonly query?: Q;
  readonly body?: B;
  /** How large and deep the body may be; without it: as an ordinary one. */
  readonly bounds?: (c: Context<Env>) => BodyBounds;
  /** Rate limits, one sentence each. */
  readonly limits?: readonly string[];
  /** The route's own replies; those of the router follow from its access, path and input. */
  readonly replies: L;
};

/** A request that the router has accepted and parsed. */
type Call<P extends string, A extends Access, B, Q extends Queries> = {
  readonly c: Context<Env>;
  readonly till: A extends { readonly kind: 'session' | 'elevation' }
    ? TillRow
    : A extends { readonly kind: 'optional-session' }
      ? TillRow | undefined
      : never;
  /** Id of the elevated operator. */
  readonly operator: A extends { readonly kind: 'elevation' } ? string : never;
  /** The id in the path. */
  readonly id: P extends `${string}/:id${string}` ? string : never;
  readonly query: { readonly [name in keyof Q]: Q[name] extends Query<infer T> ? T : never };
  readonly body: B extends z.ZodMiniType ? z.output<B> : never;
};

type BodyOf<R extends Reply> = R extends Reply<infer T> ? T : never;

/** A reply gets the status that `replies` give its kind; null: no body. A response is of another form. */
type Answer<T> = T | Response | Promise<T | Response>;

/** A described route and its handler. */
export type Route = Description & {
  readonly method: Method;
  /** Below `/api/v1`, as Hono writes it: `/challenges/:id`. */
  readonly path: string;
  readonly handle: (call: object) => unknown;
};

/** Describes a route; its handler follows: `route('GET /tills', { … }).handle(async (call) => …)`. */
export function route<
  P extends `${Method} /${string}`,
  A extends Access,
  L extends readonly Reply[],
  B extends z.ZodMiniType | undefined = undefined,
  Q extends Queries = Readonly<Record<string, never>>,
>(
  at: P,
  description: Description<A, B, Q, L>,
): {
  readonly handle: (handle: (call: Call<P, A, B, Q>) => Answer<BodyOf<L[number]>>) => Route;
} {
  const [method, path] = at.split(' ') as [Method, string];
  return { handle: (handle) => ({ ...description, method, path, handle }) as Route };
}

export const OPEN = { kind: 'open' } as const;
/** Any operator who is signed in at an enrolled till. */
export const SESSION = { kind: 'session', ownJournal: false } as const;
/** The same, but not at a till whose journal is kept apart: it gets nothing of the shop. */
export const OWN_JOURNAL = { kind: 'session', ownJournal: true } as const;

/** To read lists: an operator with one of the rights, who gave a code of their own phone. */
export const byPhone = (...anyOf: Rights) =>
  ({ kind: 'elevation', level: 'phone', anyOf }) as const;
/** To change something: an operator with one of the rights, who gave their PIN. */
export const byPin = (...anyOf: Rights) => ({ kind: 'elevation', level: 'pin', anyOf }) as const;

/** When the consent of an owner is needed. */
export const CONSENT = 'Always, once there is a real messaging service.';

export const MESSAGE_LIMITS =
  'Messages per phone (hour, day), per till (hour) and per shop (day): `limits` of the policy. Beyond them: `limited`.';

/** A duration in ms, in words. */
export const minutes = (ms: number): string => `${ms / 60_000} minutes`;

/** The integer of a query parameter; 0 where it is missing. */
const readInteger = (text = '0') => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);

const INTEGER = { type: 'integer', minimum: 0, maximum: 999_999_999_999_999, default: 0 };

/** A place to go on from. */
export const cursor = (description: string): Query<number> => ({
  description: `${description} Without it: from the beginning.`,
  required: false,
  schema: INTEGER,
  read: readInteger,
});

/** A number of which more counts as `most`. */
export const atMost = (most: number, description: string): Query<number> => ({
  description: `${description} More than ${most} is ${most}.`,
  required: false,
  schema: INTEGER,
  read: (text) => {
    const given = readInteger(text);
    return given === undefined ? undefined : Math.min(given, most);
  },
});

/** A text that may be missing. */
export const text = (
  description: string,
  fits: (given: string) => boolean = () => true,
): Query<string | null> => ({
  description,
  required: false,
  schema: { type: 'string' },
  read: (given) => (given === undefined ? null : fits(given) ? given : undefined),
});

/** One reply. */
export const reply = <T = null>(
  status: number,
  schema: z.ZodMiniType<T> | null | 'text' | 'gzip',
  description = '',
): Reply<T> => ({ status, schema, description: description || describe(schema) });

/** A reply with nothing but its kind. */
export const named = <K extends string>(status: number, kind: K): Reply<{ kind: K }> =>
  reply(status, z.strictObject({ kind: z.literal(kind) }));

type Kinds<S extends z.ZodMiniType> = z.output<S> extends { readonly kind: infer K } ? K : never;

/** A reply for each kind of a union that has a status here; of several statuses the first is the ordinary one. */
export function replies<
  S extends z.ZodMiniType,
  M extends { readonly [kind in Kinds<S> & string]?: number | readonly number[] },
>(union: S, status: M): Reply<Extract<z.output<S>, { readonly kind: keyof M }>>[] {
  return optionsOf(union).flatMap((option) => {
    const statuses = kindsOf(option).flatMap((kind) => status[kind as keyof M] ?? []);
    return [...new Set(statuses)].map((one) => reply(one, option as z.ZodMiniType<never>));
  });
}

/** The members of a union tagged `kind`; a schema that is not a union is its own only member. */
export function optionsOf(schema: z.ZodMiniType): readonly z.ZodMiniType[] {
  const { def } = schema._zod as unknown as { def: { options?: readonly z.ZodMiniType[] } };
  return def.options ?? [schema];
}

/** Values of the tag `kind`. */
export function kindsOf(schema: z.ZodMiniType): string[] {
  const { propValues } = schema._zod as { propValues?: Record<string, Set<unknown>> };
  return [...(propValues?.kind ?? [])].map(String);
}

function describe(schema: Reply['schema']): string {
  if (schema === null) return 'Done.';
  if (schema === 'text') return 'As the messaging service prescribes.';
  if (schema === 'gzip') return 'The bytes.';
  return kindsOf(schema)
    .map((kind) => `\`${kind}\``)
    .join(', ');
}
