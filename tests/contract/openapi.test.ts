// The OpenAPI document: valid, complete, and the same as its snapshot docs/openapi.json.
import { expect, test } from 'vitest';
import { writeDocument } from '../../relay/openapi/document';
import { operations } from '../../relay/openapi/operations';
import { DOCUMENT_FILE, errorsIn } from '../support/documented';

/** Written once: it takes half a second. */
const written = writeDocument();

test('docs/openapi.json is what the relay serves (`-u` writes the file)', async () => {
  await expect(written).toMatchFileSnapshot(DOCUMENT_FILE);
});

test('the document is valid OpenAPI 3.1', async () => {
  expect(await errorsIn(written)).toEqual([]);
});

test('an invalid document is reported', async () => {
  const wrong = written.replace('"requestBody"', '"requestBodies"');
  expect(await errorsIn(wrong)).not.toEqual([]);
  const schema = written.replace('"type": "integer"', '"type": "whole"');
  expect(await errorsIn(schema)).not.toEqual([]);
});

test('every reference leads to a component, and every component is used', () => {
  const document = JSON.parse(written) as { components: Record<string, object> };
  const refs = new Set(written.match(/(?<="\$ref": ")#[^"]+/g));
  const names = Object.entries(document.components).flatMap(([part, components]) =>
    Object.keys(components).map((name) => `#/components/${part}/${name}`),
  );
  expect([...refs].filter((ref) => !names.includes(ref))).toEqual([]);
  const unused = names.filter((name) => !refs.has(name) && !name.includes('/securitySchemes/'));
  const signed = [
    'balanceRow',
    'checkpoint',
    'confirmationRow',
    'debtRow',
    'disputeRow',
    'grant',
    'importApproval',
    'journalHeadClaim',
    'lostPoint',
    'remoteCardRow',
    'remoteCategoryRow',
    'remoteEntryRow',
    'remoteProductRow',
    'remoteTillRow',
    'requestClaim',
    'reserveVerifier',
    'returnRow',
    'sessionClaim',
    'snapshotManifest',
    'stockRow',
    'watermark',
  ];
  // `body` of an entry is of the schema named after its act
  const besides = unused.filter((name) => !name.endsWith('Body'));
  expect(besides).toEqual(signed.map((name) => `#/components/schemas/${name}`));
});

test('operations have unique ids, and each has a summary of one line', () => {
  const ids = operations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const wordy = operations.filter(({ summary }) => /\n|\.$/.test(summary) || summary.length > 90);
  expect(wordy.map(({ id }) => id)).toEqual([]);
});

test('every number and every text with a pattern has its unit or format in the description', () => {
  type Schema = {
    readonly type?: string;
    readonly pattern?: string;
    readonly description?: string;
  };
  const { components } = JSON.parse(written) as {
    components: { schemas: Readonly<Record<string, Schema>> };
  };
  const silent = Object.entries(components.schemas).filter(
    ([, { type, pattern, description }]) =>
      (type === 'integer' || type === 'number' || pattern !== undefined) &&
      description === undefined,
  );
  expect(silent.map(([name]) => name)).toEqual([]);
});
