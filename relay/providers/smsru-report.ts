// SMS.RU's delivery reports: several in one form, with one signature over all of them.
import { equalInConstantTime } from '../constant-time';
import { entry, setting } from './exchange';
import type { Config, WebhookEvent, WebhookOutcome, WebhookRequest } from './provider';
import { sha256Hex } from './signatures';
import { STATES } from './smsru-codes';

/** Form POST `data[0..99]`, each `kind\nid\nstatus\nunix`; `hash` is sha256(api_id + all of them). The answer must be 100. */
export function smsruReport(request: WebhookRequest, config: Config): WebhookOutcome {
  const fields = new URLSearchParams(request.rawBody);
  const rows = Array.from({ length: 100 }, (_, i) => fields.get(`data[${i}]`) ?? '');
  const hash = fields.get('hash') ?? '';
  if (rows.every((row) => row === '')) return { accept: false, reason: 'bad_body' };
  const expected = sha256Hex(setting(config, 'apiId') + rows.join(''));
  if (!equalInConstantTime(expected, hash.toLowerCase()))
    return { accept: false, reason: 'bad_signature' };
  const events = rows.flatMap((row): WebhookEvent[] => {
    const [kind, providerMessageId, status] = row.split('\n');
    if (kind !== 'sms_status' || !providerMessageId || !status) return [];
    return [{ providerMessageId, state: entry(STATES, status.trim()) ?? 'unknown' }];
  });
  return { accept: true, events, reply: { status: 200, body: '100' } };
}
