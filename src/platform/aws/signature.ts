import { createHash, createHmac } from 'node:crypto';

/** A key of AWS, of a user or, with its session token, of a role. */
export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A request as it is to be sent, before it is signed. */
export interface AwsRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Lower-case names; `host` and `x-amz-date` are added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where a signature counts. */
export interface AwsScope {
  /** For example `eu-central-1`. */
  readonly region: string;
  /** As AWS signs for it: `secretsmanager`, `iam`, `sts`. */
  readonly service: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Signs a request by Signature Version 4 ("Create a signed AWS API request", IAM user guide): every header given is signed, and
 * the body by its digest.
 *
 * @returns all headers to send, with `authorization`
 */
export function signAws(
  { method, url, headers, body }: AwsRequest,
  key: AwsKey,
  { region, service }: AwsScope,
  at: Date,
): Readonly<Record<string, string>> {
  const { host, pathname, searchParams } = new URL(url);
  const stamp = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = stamp.slice(0, 8);
  const signed: Record<string, string> = {
    ...headers,
    host,
    'x-amz-date': stamp,
    ...(key.sessionToken !== undefined && { 'x-amz-security-token': key.sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    method,
    pathOf(pathname, service),
    queryOf(searchParams),
    ...names.map((name) => `${name}:${signed[name]!.trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    digest(body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, stamp, scope, digest(canonical)].join('\n');
  const signature = hmac(signingKey(key.secretAccessKey, day, region, service), text).toString('hex');
  const credential = `${key.accessKeyId}/${scope}`;
  return {
    ...signed,
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

function signingKey(secret: string, ...parts: readonly string[]): Buffer {
  return [...parts, 'aws4_request'].reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));
}

/** Encoded once more, but for S3. */
function pathOf(pathname: string, service: string): string {
  return service === 's3' ? pathname : pathname.split('/').map(encoded).join('/');
}

function queryOf(parameters: URLSearchParams): string {
  const pairs = [...parameters].map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  return pairs.sort((a, b) => (a < b ? -1 : 1)).join('&');
}

/** RFC 3986's unreserved characters alone stay as they are. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
