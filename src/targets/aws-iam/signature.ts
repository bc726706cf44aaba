import { createHash, createHmac } from 'node:crypto';

/** Whose key signs, and for what. */
export interface Signing {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
}

/**
 * Signs a POST of a form to the root of a service (AWS Signature Version 4, “Create a signed AWS API request”).
 *
 * @param host with the port where it is no usual one
 * @param at UTC; AWS takes what differs from its own clock by up to five minutes
 * @returns the headers of the request
 */
export function signed(host: string, body: string, signing: Signing, at: Date): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey, region, service } = signing;
  const time = at.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const scope = [time.slice(0, 8), region, service, 'aws4_request'];
  const contentType = 'application/x-www-form-urlencoded; charset=utf-8';
  const headers = [`content-type:${contentType}`, `host:${host}`, `x-amz-date:${time}`];
  const names = 'content-type;host;x-amz-date';
  const request = ['POST', '/', '', ...headers, '', names, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(request)].join('\n');
  const key = scope.reduce<Buffer | string>((of, part) => hmac(of, part), `AWS4${secretAccessKey}`);
  const signature = hmac(key, toSign).toString('hex');
  return {
    'content-type': contentType,
    host,
    'x-amz-date': time,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
