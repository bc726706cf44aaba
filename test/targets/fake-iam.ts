import { createHash, createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const MOST_KEYS = 2;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();

interface Key {
  readonly user: string;
  readonly secret: string;
  active: boolean;
}

/** What of IAM and STS (Query API) concerns access keys: two of a user at most, each secret said once, signatures checked. */
export class FakeIam {
  readonly users = new Set<string>(['muster']);
  readonly keys = new Map<string, Key>();
  private server: Server | undefined;

  /** @returns where it is, with a key of Muster's own */
  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      void (async () => {
        let text = '';
        for await (const chunk of request) text += String(chunk);
        const [status, said] = this.answer(request.headers, text);
        response.writeHead(status, { 'content-type': 'text/xml' }).end(said);
      })();
    });
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    const { id, secret } = this.make('muster');
    return `http://${id}:${encodeURIComponent(secret)}@127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private make(user: string): { readonly id: string; readonly secret: string } {
    const id = `AKIA${randomBytes(8).toString('hex').toUpperCase()}`;
    const secret = randomBytes(30).toString('base64');
    this.keys.set(id, { user, secret, active: true });
    return { id, secret };
  }

  private answer(headers: IncomingHttpHeaders, text: string): readonly [number, string] {
    const asked = new URLSearchParams(text);
    const [action, user, keyId] = ['Action', 'UserName', 'AccessKeyId'].map((name) => asked.get(name) ?? '');
    const caller = callerOf(headers);
    const key = caller && this.keys.get(caller.id);
    if (!key?.active) return refusal(403, 'InvalidClientTokenId');
    if (signatureOf(headers, caller!, key.secret, text) !== caller!.signature)
      return refusal(403, 'SignatureDoesNotMatch');
    if (action === 'GetCallerIdentity') return [200, `<Arn>arn:aws:iam::1:user/${key.user}</Arn>`];
    if (key.user !== 'muster') return refusal(403, 'AccessDenied');
    if (action === 'GetAccessKeyLastUsed') return [200, '<ServiceName>N/A</ServiceName>'];
    if (!this.users.has(user!)) return refusal(404, 'NoSuchEntity');
    const own = [...this.keys].filter(([, one]) => one.user === user);
    if (action === 'ListAccessKeys') {
      const shown = own.map(
        ([id, { active }]) => `<AccessKeyId>${id}</AccessKeyId><Status>${active ? 'A' : 'Ina'}ctive</Status>`,
      );
      return [200, shown.map((one) => `<member>${one}</member>`).join('')];
    }
    if (action === 'CreateAccessKey') {
      if (own.length >= MOST_KEYS) return refusal(409, 'LimitExceeded');
      const { id, secret } = this.make(user!);
      return [200, `<AccessKeyId>${id}</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey>`];
    }
    const named = own.find(([id]) => id === keyId)?.[1];
    if (!named) return refusal(404, 'NoSuchEntity');
    if (action === 'UpdateAccessKey') named.active = asked.get('Status') === 'Active';
    else if (action === 'DeleteAccessKey') this.keys.delete(keyId!);
    else return refusal(400, 'InvalidAction');
    return [200, ''];
  }
}

interface Caller {
  readonly id: string;
  readonly scope: string;
  readonly signed: string;
  readonly signature: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

function callerOf(headers: IncomingHttpHeaders): Caller | undefined {
  const [, id, scope, signed, signature] = AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  return id && scope && signed && signature ? { id, scope, signed, signature } : undefined;
}

/** As AWS makes it (Signature Version 4) of a POST to `/`. */
function signatureOf(headers: IncomingHttpHeaders, { scope, signed }: Caller, secret: string, body: string): string {
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const request = ['POST', '/', '', lines.join(''), signed, sha256(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', String(headers['x-amz-date']), scope, sha256(request)].join('\n');
  const key = scope.split('/').reduce<Buffer | string>((sum, part) => hmac(sum, part), `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

function refusal(status: number, code: string): readonly [number, string] {
  return [status, `<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>`];
}
