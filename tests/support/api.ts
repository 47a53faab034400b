// The routes of the API as a relay has them, for tests that read their descriptions.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiOf } from '../../relay/api';
import { readConfig } from '../../relay/config';
import { openRelay } from '../../relay/relay';

const folder = mkdtempSync(join(tmpdir(), 'counterfoil-api-'));
const relay = await openRelay(readConfig({ COUNTERFOIL_DATA: folder }));
export const api = apiOf(relay);
relay.close();
rmSync(folder, { recursive: true });

export const routes = Object.values(api).flat();
