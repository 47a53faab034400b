// Fake WhatsApp Cloud API, by Meta's documentation: Bearer, no balance, no status requests.
// The template's body and button both contain the code.
import { FakeService, type Answer, type Heard } from './fake-service';

type Component = {
  type: string;
  sub_type?: string;
  index?: string;
  parameters: { text: string }[];
};
type Message = {
  messaging_product: string;
  to: string;
  type: string;
  template: { name: string; language: { code: string }; components: Component[] };
};

export class FakeWhatsappCloud extends FakeService {
  readonly id = 'whatsapp_cloud';
  token = 'TEST-TOKEN-0123456789';
  readonly phoneNumberId = '106540352242922';

  get fields(): Record<string, string> {
    const { token, phoneNumberId } = this;
    return { token, phoneNumberId, template: 'otp_code', language: 'ru' };
  }

  protected isSend({ path }: Heard): boolean {
    return path.endsWith('/messages');
  }

  protected answer({ method, path, auth, json }: Heard): Answer {
    if (auth !== `Bearer ${this.token}`)
      return error(401, 190, 'Error validating access token: Session has expired');
    if (method !== 'POST' || !new RegExp(`^/v\\d+\\.0/${this.phoneNumberId}/messages$`).test(path))
      return error(400, 100, 'Unsupported request');
    const { messaging_product, to, type, template } = json as Message;
    if (messaging_product !== 'whatsapp' || type !== 'template')
      return error(400, 131_047, 'Re-engagement message');
    if (!/^\+\d{11,15}$/.test(to)) return error(400, 131_009, 'Parameter value is not valid');
    if (template.name !== 'otp_code' || template.language.code !== 'ru')
      return error(404, 132_001, 'Template name does not exist in the translation');
    const [body, button] = template.components;
    const code = body?.parameters[0]?.text ?? '';
    const isTwice = button?.sub_type === 'url' && button.parameters[0]?.text === code;
    if (body?.type !== 'body' || !isTwice || code === '' || code.length > 15)
      return error(400, 132_000, 'Number of parameters does not match the template');
    const id = `wamid.${this.nextNumber()}`;
    this.record({ id, channel: 'whatsapp', to, text: `${code} — ваш код подтверждения`, code });
    return {
      status: 200,
      body: {
        messaging_product,
        contacts: [{ input: to, wa_id: to.slice(1) }],
        messages: [{ id, message_status: 'accepted' }],
      },
    };
  }
}

const error = (status: number, code: number, message: string): Answer => ({
  status,
  body: { error: { message: `(#${code}) ${message}`, type: 'OAuthException', code } },
});
