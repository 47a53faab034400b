// Builds the OpenAPI 3.1 document of /api/v1 from its routes and the contract.
import { gateRefusal } from '$lib/contract/till';
import { id } from '$lib/contract/values';
import {
  CONSENT_HEADER,
  CONTRACT_HEADER,
  CONTRACT_VERSION,
  SIGNATURE_HEADER,
} from '$lib/contract/version';
import { BODY_LIMIT } from '../http/json-body';
import { kindsOf, named, replies, type Reply, type Route } from '../http/route';
import { componentsFor, schemaOf, type Json, type JsonObject } from './components';

const WRONG_ADDRESS = named(421, 'wrong-address');
const CROSS_ORIGIN = named(403, 'cross-origin');
const FAILED = named(500, 'relay-failed');
const TOO_LARGE = named(413, 'too-large');
const MALFORMED = replies(gateRefusal, { malformed: 400 });
const NOT_JSON = replies(gateRefusal, { malformed: 415 });
const OTHER_VERSION = replies(gateRefusal, { 'contract-mismatch': 426 });
const NO_SESSION = replies(gateRefusal, {
  'session-unknown': 401,
  'unknown-till': 401,
  revoked: 401,
});
const SET_ASIDE = replies(gateRefusal, { 'journal-set-aside': 409 });
const NOT_ELEVATED = replies(gateRefusal, { 'elevation-needed': 403, 'no-right': 403 });
const NOT_SIGNED = replies(gateRefusal, { 'wrong-signature': 401, 'stale-signature': 401 });
const NO_CONSENT = replies(gateRefusal, { 'consent-needed': 403 });

const INFO = `The interface between the tills of a shop and its relay (shop server). It is generated from the schemas both ends parse with.

**Conventions**

- Every request carries the header \`${CONTRACT_HEADER}: ${CONTRACT_VERSION}\`; another version is refused with \`contract-mismatch\`.
- Bodies are JSON (\`application/json\`), at most ${BODY_LIMIT / 1024} KiB unless said otherwise. A field that is not described is refused with \`malformed\`, whose \`path\` names the place.
- Replies are objects tagged \`kind\` (\`GET /health\` alone has none). A client decides by \`kind\`; the status says the same to tools.
- Money is whole minor units of the currency, quantities are thousandths, shares hundredths of a percent, times milliseconds since 1970-01-01T00:00:00Z, durations (\`…Ms\`) milliseconds, phone numbers E.164. Ids are UUIDv7.
- An unknown path is 404 with \`{"kind":"not-found"}\`.

**Who may call**

- *Session*: a till signs in with its own key (\`POST /sessions\`) and sends the token as a bearer.
- *Elevation*: an operator has shown their PIN to the relay in this session (\`POST /sessions/elevation\`) and has one of the rights named; to read lists, also a code to their own proven phone. Each such request is signed by the till in \`${SIGNATURE_HEADER}: at.nonce.signature\` (ECDSA P-256 with SHA-256 over the canonical JSON of \`requestClaim\`); a nonce is good once.
- *Consent of an owner*: a protected change is refused with \`consent-needed\` until the same request carries, in \`${CONSENT_HEADER}\`, the code that an owner got (\`code:123456\`) or a token (\`token:ABCDEFGHJK\`); \`resend\` sends the code again. One code, one change.
- *Callbacks*: the messaging service, by a secret address.

Only pages of the relay’s own origin may call from a browser (\`cross-origin\`), only by the relay’s own address (\`wrong-address\`).`;

const TAGS = {
  relay: 'The relay itself.',
  tills: 'Enrolment and the list of tills.',
  sessions: 'Who is asking: the till by its key, the operator by PIN and code.',
  policy: 'The signed rules of the shop.',
  customers: 'Whose number it is, and what it may confirm.',
  challenges: 'The customer’s code: sent, checked, confirmed by a grant.',
  journal: 'Uploads of the tills’ journals, and what was found in them.',
  messaging: 'The messaging service: settings, tests, costs.',
  callbacks: 'Delivery reports of messaging services.',
};

/** The routes of the API under the tags by which the document groups them. */
export type Api = Readonly<Record<keyof typeof TAGS, readonly Route[]>>;

/** The document as text. */
export const writeDocument = (api: Api): string =>
  `${JSON.stringify(makeDocument(api), null, 2)}\n`;

function makeDocument(api: Api): JsonObject {
  const responses = new Map<string, JsonObject>();
  const paths: Record<string, Record<string, Json>> = {};
  for (const [tag, routes] of Object.entries(api))
    for (const route of routes) {
      const path = route.path.replace(/:(\w+)/g, '{$1}');
      const operation = describeRoute(route, tag, responses);
      (paths[path] ??= {})[route.method.toLowerCase()] = operation;
    }
  const components = {
    responses: Object.fromEntries([...responses].sort(([a], [b]) => (a < b ? -1 : 1))),
    parameters: {
      contract: {
        name: CONTRACT_HEADER,
        in: 'header',
        description: 'Version of this interface.',
        required: true,
        schema: { type: 'integer', const: CONTRACT_VERSION },
      },
      consent: {
        name: CONSENT_HEADER,
        in: 'header',
        description: 'An owner’s consent: `code:…`, `token:…`, `resend`, separated by spaces.',
        required: false,
        schema: { type: 'string' },
      },
    },
    securitySchemes: {
      session: {
        type: 'http',
        scheme: 'bearer',
        description: 'Token of `POST /sessions`.',
      },
      elevation: {
        type: 'http',
        scheme: 'bearer',
        description:
          'The same token, once `POST /sessions/elevation` has elevated its session; the request is signed by the till. The requirement names the right of the operator; of several alternatives one is enough.',
      },
    },
  };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Counterfoil relay',
      summary: 'The interface between tills and the shop server.',
      description: INFO,
      license: { name: 'MIT', identifier: 'MIT' },
      version: String(CONTRACT_VERSION),
    },
    servers: [{ url: '/api/v1' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: { schemas: componentsFor([paths, components.responses]), ...components },
  };
}

function describeRoute(route: Route, tag: string, shared: Map<string, JsonObject>): JsonObject {
  const { id: operationId, summary, body } = route;
  const parameters = parametersOf(route);
  return {
    operationId,
    tags: [tag],
    summary,
    ...textOf(route),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(body) } },
      },
    }),
    responses: responsesOf(route, shared),
    security: securityOf(route),
  };
}

function textOf({ description, elevationWhen, consentWhen, limits = [] }: Route): JsonObject {
  const parts = [
    description ?? [],
    elevationWhen === undefined ? [] : `Elevation: ${elevationWhen}`,
    consentWhen === undefined ? [] : `Consent of an owner: ${consentWhen}`,
    limits.length === 0 ? [] : `Limits:\n${limits.map((limit) => `\n- ${limit}`).join('')}`,
  ].flat();
  return parts.length === 0 ? {} : { description: parts.join('\n\n') };
}

/** Whether the route refuses other versions of the contract. */
const isVersioned = ({ access, path }: Route): boolean =>
  access.kind !== 'callback' && path !== '/health' && path !== '/openapi.json';

const pathNames = ({ path }: Route): string[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);

function parametersOf(route: Route): JsonObject[] {
  const inPath = pathNames(route).map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: name === 'id' ? schemaOf(id) : { type: 'string' },
  }));
  const inQuery = Object.entries(route.query ?? {}).map(
    ([name, { description, required, schema }]) => ({
      name,
      in: 'query',
      description,
      required,
      schema: schema as JsonObject,
    }),
  );
  const headers = [
    ...(isVersioned(route) ? [{ $ref: '#/components/parameters/contract' }] : []),
    ...(route.consentWhen === undefined ? [] : [{ $ref: '#/components/parameters/consent' }]),
  ];
  return [...inPath, ...inQuery, ...headers];
}

function securityOf({ access, elevationWhen }: Route): JsonObject[] {
  switch (access.kind) {
    case 'open':
    case 'callback':
      return [];
    case 'optional-session':
      return [{}, { session: [] }];
    case 'session':
      return elevationWhen === undefined ? [{ session: [] }] : [{ session: [] }, { elevation: [] }];
    case 'elevation':
      return access.anyOf.map((right) => ({ elevation: [right] }));
  }
}

/** Replies that can come before the handler is reached. */
function gateReplies(route: Route): Reply[] {
  const { access, elevationWhen, consentWhen, query, body } = route;
  const isCallback = access.kind === 'callback';
  const hasSession = access.kind !== 'open' && !isCallback;
  const isElevated = access.kind === 'elevation' || elevationWhen !== undefined;
  const readsBody = body !== undefined || isCallback;
  const hasId = pathNames(route).includes('id');
  return [
    WRONG_ADDRESS,
    FAILED,
    ...(isCallback ? [] : [CROSS_ORIGIN]),
    ...(isVersioned(route) ? OTHER_VERSION : []),
    ...(hasSession ? NO_SESSION : []),
    ...(hasSession ? NOT_SIGNED : []),
    ...(access.kind === 'session' && access.ownJournal ? SET_ASIDE : []),
    ...(isElevated ? NOT_ELEVATED : []),
    ...(consentWhen === undefined ? [] : NO_CONSENT),
    ...(readsBody || hasId || query !== undefined ? MALFORMED : []),
    ...(body ? NOT_JSON : []),
    ...(readsBody ? [TOO_LARGE] : []),
  ];
}

/** One response per status; those of the router alone are shared between routes. */
function responsesOf(route: Route, shared: Map<string, JsonObject>): JsonObject {
  const gate = gateReplies(route);
  const statuses = [...new Set([...route.replies, ...gate].map(({ status }) => status))];
  return Object.fromEntries(
    statuses
      .sort((a, b) => a - b)
      .map((status): [string, JsonObject] => {
        const own = route.replies.filter((one) => one.status === status);
        const ofGate = gate.filter((one) => one.status === status);
        if (own.length > 0) return [String(status), responseOf([...own, ...ofGate])];
        const kinds = ofGate.flatMap(({ schema }) => (isSchema(schema) ? kindsOf(schema) : []));
        const name = [status, ...kinds].join('-');
        shared.set(name, responseOf(ofGate));
        return [String(status), { $ref: `#/components/responses/${name}` }];
      }),
  );
}

function responseOf(replies: readonly Reply[]): JsonObject {
  const description = [...new Set(replies.map((one) => one.description))].join(', ');
  const schemas = replies.flatMap(({ schema }) =>
    isSchema(schema) ? [JSON.stringify(schemaOf(schema))] : [],
  );
  const different = [...new Set(schemas)].map((text) => JSON.parse(text) as JsonObject);
  const [first, ...more] = different;
  if (first !== undefined) {
    const schema = more.length === 0 ? first : { oneOf: different };
    return { description, content: { 'application/json': { schema } } };
  }
  if (replies.some(({ schema }) => schema === 'text'))
    return { description, content: { 'text/plain': { schema: { type: 'string' } } } };
  // OpenAPI 3.1 describes bytes by the media type alone
  if (replies.some(({ schema }) => schema === 'gzip'))
    return { description, content: { 'application/gzip': {} } };
  return { description };
}

const isSchema = (schema: Reply['schema']): schema is Exclude<Reply['schema'], string | null> =>
  schema !== null && typeof schema !== 'string';
