// Types of the table of API operations, and how its rows name their replies.
import type * as z from 'zod/mini';
import type { Right } from '$lib/contract/policy';
import type { ElevationLevel } from '$lib/contract/till';

/** Who may call an operation. */
export type Access =
  | { readonly kind: 'open' }
  /** No session required; a bearer token that is sent must be valid all the same. */
  | { readonly kind: 'optional-session' }
  | { readonly kind: 'session' }
  /** A session whose operator is elevated and has one of these rights. */
  | {
      readonly kind: 'elevation';
      readonly level: ElevationLevel;
      readonly anyOf: readonly [Right, ...Right[]];
    }
  /** The messaging service: a secret in the path. No session, no contract header. */
  | { readonly kind: 'callback' };

export type Reply = {
  readonly status: number;
  /** `null`: no body. `'text'`: a body whose form the messaging service prescribes. `'gzip'`: bytes. */
  readonly schema: z.ZodMiniType | null | 'text' | 'gzip';
  /** Markdown. */
  readonly description: string;
};

export type Query = {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly schema: Readonly<Record<string, unknown>>;
};

export type Operation = {
  /** `operationId` of the document; unique. */
  readonly id: string;
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** Below `/api/v1`, as Hono writes it: `/challenges/:id`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Markdown. */
  readonly description?: string;
  readonly access: Access;
  /** When the handler itself asks for elevation, in words; the middleware does not. */
  readonly elevationWhen?: string;
  /** When an owner has to consent, in words. */
  readonly consentWhen?: string;
  readonly query?: readonly Query[];
  readonly request?: z.ZodMiniType;
  /** Rate limits, one sentence each. */
  readonly limits?: readonly string[];
  /** The operation's own replies; those of the middleware follow from `access`, path and request. */
  readonly replies: readonly Reply[];
};

type Kinds<S extends z.ZodMiniType> = z.output<S> extends { readonly kind: infer K } ? K : never;

/** One reply. */
export function reply(status: number, schema: Reply['schema'], description = ''): Reply {
  return { status, schema, description: description || describe(schema) };
}

/** A reply for each kind of a union, with its status. A kind without a status does not compile. */
export function replies<S extends z.ZodMiniType>(
  union: S,
  status: Readonly<Record<Kinds<S> & string, number | readonly number[]>>,
): Reply[] {
  return optionsOf(union).flatMap((option) => {
    const statuses = kindsOf(option).map((kind) => status[kind as Kinds<S> & string]);
    return [...new Set(statuses.flat())].map((one) => reply(one as number, option));
  });
}

/** The same for an operation that uses only some kinds of a union. */
export function someReplies<S extends z.ZodMiniType>(
  union: S,
  status: Readonly<Partial<Record<Kinds<S> & string, number>>>,
): Reply[] {
  return optionsOf(union).flatMap((option) =>
    kindsOf(option).flatMap((kind) => {
      const one = status[kind as Kinds<S> & string];
      return one === undefined ? [] : [reply(one, option)];
    }),
  );
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
