// The OpenAPI document: valid, complete, and the same as its snapshot docs/openapi.json.
import { expect, test } from 'vitest';
import { writeDocument } from '../../relay/openapi/document';
import { api, routes } from '../support/api';
import { DOCUMENT_FILE, errorsIn } from '../support/documented';

/** Written once: it takes half a second. */
const written = writeDocument(api);

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
    ...['checkpoint', 'forgetApproval', 'grant', 'importApproval', 'journalHeadClaim'],
    ...['lostPoint', 'requestClaim'],
    ...['reserveVerifier', 'sessionClaim', 'snapshotManifest', 'watermark'],
  ];
  const rowsOfSnapshots = [
    ...['balanceRow', 'confirmationRow', 'debtRow', 'disputeRow', 'remoteCardRow'],
    ...['remoteCategoryRow', 'remoteEntryRow', 'remoteProductRow', 'remoteTillRow', 'returnRow'],
    ...['stockRow'],
  ];
  expect(unused).toEqual(
    [...signed, ...rowsOfSnapshots].sort().map((name) => `#/components/schemas/${name}`),
  );
});

test('operations have unique ids, and each has a summary of one line', () => {
  const ids = routes.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const wordy = routes.filter(({ summary }) => /\n|\.$/.test(summary) || summary.length > 90);
  expect(wordy.map(({ id }) => id)).toEqual([]);
});

const { schemas } = (
  JSON.parse(written) as {
    components: {
      schemas: Readonly<Record<string, { type?: string; pattern?: string; description?: string }>>;
    };
  }
).components;

test('every number and every text with a pattern has its unit or format in the description', () => {
  const silent = Object.entries(schemas).filter(
    ([, { type, pattern, description }]) =>
      (type === 'integer' || type === 'number' || pattern !== undefined) &&
      description === undefined,
  );
  expect(silent.map(([name]) => name)).toEqual([]);
});

test('every body of an act says what it is', () => {
  const bodies = Object.entries(schemas).filter(([name]) => name.endsWith('Body'));
  const silent = bodies.filter(([, { description }]) => description === undefined);
  expect(silent.map(([name]) => name)).toEqual([]);
});
