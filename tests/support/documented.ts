// Checks exchanges with the relay against its OpenAPI document, docs/openapi.json.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  registerSchema,
  validate,
  type OutputUnit,
  type SchemaObject,
  type Validator,
} from '@hyperjump/json-schema/openapi-3-1';

export const DOCUMENT_FILE = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url));

/** Meta-schema of OpenAPI 3.1, with the meta-schema of the schemas in a document. */
const OPENAPI = 'https://spec.openapis.org/oas/3.1/schema-base';
const DOCUMENT = 'https://counterfoil.example/openapi.json';

type Content = Readonly<Record<string, unknown>>;
type Response = { readonly $ref?: string; readonly content?: Content };
type Operation = {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
};
export type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Response>> };
};

export type Exchange = {
  readonly method: string;
  /** Below `/api/v1`, with its query. */
  readonly path: string;
  /** Undefined: no body. */
  readonly request: unknown;
  readonly status: number;
  readonly type: string | null;
  /** Empty: no body. */
  readonly text: string;
};

let document: Document | null = null;
const validators = new Map<string, Promise<Validator>>();

/** The errors in a document by the meta-schema of OpenAPI 3.1; empty: none. */
export async function errorsIn(text: string): Promise<string[]> {
  return errorsOf(await validate(OPENAPI, JSON.parse(text) as SchemaObject, 'BASIC'));
}

/** The id of the operation that an exchange belongs to; null: no path of the document matches. */
export function operationOf({ method, path }: Pick<Exchange, 'method' | 'path'>): string | null {
  return findOperation(method, path)?.operation.operationId ?? null;
}

/** How an exchange differs from the document; null: it does not. */
export async function mismatchIn(exchange: Exchange): Promise<string | null> {
  const { method, path, request, status, type, text } = exchange;
  const where = `${method} ${path} → ${status}`;
  const found = findOperation(method, path);
  if (found === null) return status === 404 ? null : `${where}: not in the document`;
  const { operation, pointer } = found;
  const response = operation.responses[status];
  if (response === undefined) return `${where}: status not in the document: ${text}`;
  const { content } = resolved(response);
  const at = response.$ref?.slice(1) ?? `${pointer}/responses/${status}`;
  if (content === undefined) {
    if (text !== '') return `${where}: a body, and the document has none: ${text}`;
  } else if (content['application/json'] !== undefined) {
    if (type !== 'application/json') return `${where}: content type ${type}`;
    const wrong = await errorsAt(`${at}/content/application~1json/schema`, JSON.parse(text));
    if (wrong.length > 0) return `${where}: ${text}: ${wrong.join('; ')}`;
  }
  if (status >= 300 || request === undefined) return null;
  if (operation.requestBody === undefined) return `${where}: a request body nobody describes`;
  const body: unknown = JSON.parse(JSON.stringify(request));
  const wrong = await errorsAt(`${pointer}/requestBody/content/application~1json/schema`, body);
  return wrong.length > 0 ? `${where}: accepted, though ${wrong.join('; ')}` : null;
}

function read(): Document {
  if (document !== null) return document;
  const text = readFileSync(DOCUMENT_FILE, 'utf8');
  registerSchema(JSON.parse(text, withoutOpenChoices) as SchemaObject, DOCUMENT, OPENAPI);
  document = JSON.parse(text) as Document;
  return document;
}

/** Leaves out each `anyOf` with `{}`: it accepts everything, and the validator would try all acts on each entry. */
function withoutOpenChoices(key: string, value: unknown): unknown {
  const isOpen =
    key === 'anyOf' && Array.isArray(value) && value.some((one) => JSON.stringify(one) === '{}');
  return isOpen ? undefined : value;
}

function findOperation(
  method: string,
  path: string,
): { readonly operation: Operation; readonly pointer: string } | null {
  const { paths } = read();
  const asked = path.split('?', 1)[0]?.split('/') ?? [];
  const fits = (template: string): boolean => {
    const parts = template.split('/');
    const same = (part: string, at: number): boolean =>
      part === asked[at] || (part.startsWith('{') && asked[at] !== '');
    return parts.length === asked.length && parts.every(same);
  };
  const name = method.toLowerCase();
  // paths without parameters first: /tills/enrolments before /tills/{id}
  const candidates = Object.keys(paths)
    .filter((template) => fits(template) && paths[template]?.[name] !== undefined)
    .sort((a, b) => Number(a.includes('{')) - Number(b.includes('{')));
  const [template] = candidates;
  const operation = template === undefined ? undefined : paths[template]?.[name];
  if (template === undefined || operation === undefined) return null;
  return { operation, pointer: `/paths/${template.replaceAll('/', '~1')}/${name}` };
}

function resolved(response: Response): Response {
  const name = response.$ref?.split('/').at(-1);
  return (name !== undefined && read().components.responses[name]) || response;
}

async function errorsAt(pointer: string, value: unknown): Promise<string[]> {
  const uri = `${DOCUMENT}#${encodeURI(pointer)}`;
  const validator = validators.get(uri) ?? validate(uri);
  validators.set(uri, validator);
  const validates = await validator;
  // collecting where and why an error occurred takes as long again, and is rarely needed
  if (validates(value as SchemaObject, 'FLAG').valid) return [];
  return errorsOf(validates(value as SchemaObject, 'BASIC'));
}

function errorsOf(output: { readonly valid: boolean; readonly errors?: OutputUnit[] }): string[] {
  if (output.valid) return [];
  const errors = (output.errors ?? []).map(
    ({ instanceLocation, absoluteKeywordLocation }) =>
      `${instanceLocation} breaks ${absoluteKeywordLocation}`,
  );
  return errors.length > 0 ? errors : ['invalid'];
}
