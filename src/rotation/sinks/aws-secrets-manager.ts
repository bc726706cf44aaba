import { z } from 'zod';
import type { Id } from '../../kernel/index.js';
import { signAws } from '../../platform/index.js';
import type { Delivery, Found, Sink } from '../domain/sink.js';
import { SinkError } from '../domain/sink-errors.js';
import { type Fields, fieldsOf, inside, refusalOf } from './answer.js';
import type { SinkKind, Tools } from './kind.js';
import { baseUrl } from './url.js';

const settings = z.strictObject({
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
  secretId: z
    .string()
    .regex(/^[A-Za-z0-9/_+=.@:-]{1,2048}$/)
    .describe('Name or ARN; made where there is none of that name.'),
  endpoint: baseUrl.nullable().default(null).describe('Another than the region’s own, for a private endpoint.'),
});
type Settings = z.output<typeof settings>;
const access = z.strictObject({
  accessKeyId: z.string().regex(/^[A-Z0-9]{16,128}$/),
  secretAccessKey: z.string().min(1).max(256),
  sessionToken: z.string().min(1).max(4096).optional(),
});
type Access = z.output<typeof access>;

/**
 * A secret of AWS Secrets Manager. A version is put there as AWSPENDING, and AWSCURRENT is moved to it from the version that
 * was seen to have it; what was before becomes AWSPREVIOUS.
 */
export const awsSecretsManager: SinkKind<Settings, Access> = {
  settings,
  access,
  placeOf: ({ region, secretId }) => `${region} ${secretId}`,
  open: (chosen, opens, rotation, tools) => new AwsSecretsManagerSink(chosen, opens, rotation, tools),
};

class AwsSecretsManagerSink implements Sink {
  private readonly url: string;

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly rotation: Id<'rotation'>,
    private readonly tools: Tools,
  ) {
    const domain = settings.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    this.url = `${settings.endpoint ?? `https://secretsmanager.${settings.region}.${domain}`}/`;
  }

  async look(): Promise<Found | undefined> {
    const described = await this.describe();
    const current = described && stagedIn(described, 'AWSCURRENT');
    return current === undefined ? undefined : { revision: current, version: this.versionOf(current) };
  }

  async write(delivery: Delivery, over: Found | undefined): Promise<void> {
    const token = this.tokenOf(delivery.version);
    const { account, keyId, secret } = delivery;
    const content = { username: account, password: secret, ...(keyId !== null && { keyId }) };
    const SecretString = JSON.stringify(content);
    const SecretId = this.settings.secretId;
    if (!(await this.describe())) {
      await this.call('CreateSecret', { Name: SecretId, ClientRequestToken: token, SecretString });
      return;
    }
    await this.call('PutSecretValue', {
      ...{ SecretId, ClientRequestToken: token, SecretString },
      VersionStages: [over ? 'AWSPENDING' : 'AWSCURRENT'],
    });
    if (!over || over.revision === token) return;
    const move = { SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: token, RemoveFromVersionId: over.revision };
    await this.call('UpdateSecretVersionStage', move);
    // A version that was there before is not put again, and so is not pending.
    const moved = await this.describe();
    if (moved && stagedIn(moved, 'AWSPENDING') === token)
      await this.call('UpdateSecretVersionStage', {
        ...{ SecretId, VersionStage: 'AWSPENDING', RemoveFromVersionId: token },
      });
  }

  /** Says itself which of our versions it is: the same again puts nothing twice (ClientRequestToken). */
  private tokenOf(version: number): string {
    return `muster-${this.rotation.slice('rot_'.length)}-${version}`;
  }

  private versionOf(token: string): number | null {
    const ours = token.startsWith(this.tokenOf(0).slice(0, -1));
    return ours ? Number(token.slice(token.lastIndexOf('-') + 1)) : null;
  }

  private async describe(): Promise<Fields | undefined> {
    return this.call('DescribeSecret', { SecretId: this.settings.secretId }, 'ResourceNotFoundException');
  }

  /** @returns undefined where the answer is the failure that is expected */
  private async call(operation: string, parameters: Fields, expected?: string): Promise<Fields | undefined> {
    const body = JSON.stringify(parameters);
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `secretsmanager.${operation}` };
    const request = { method: 'POST', url: this.url, headers, body } as const;
    const scope = { region: this.settings.region, service: 'secretsmanager' };
    const { host: _host, ...signed } = signAws(request, this.access, scope, this.tools.now());
    const answer = await this.tools.ask({ ...request, headers: signed });
    if (answer.status === 200) return fieldsOf(answer, [200]);
    const named = inside(failureIn(answer.body), '__type');
    const type = typeof named === 'string' ? named.replace(/^.*#/, '') : '';
    if (expected !== undefined && type === expected) return undefined;
    throw refusedBy(type, answer.status);
  }
}

function stagedIn(described: Fields, stage: string): string | undefined {
  const stages = Object.entries((described['VersionIdsToStages'] ?? {}) as Readonly<Record<string, string[]>>);
  return stages.find(([, names]) => names.includes(stage))?.[0];
}

function failureIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return {};
  }
}

const REFUSED =
  /AccessDenied|UnrecognizedClient|InvalidClientToken|SignatureDoesNotMatch|ExpiredToken|IncompleteSignature/;

function refusedBy(type: string, status: number): SinkError {
  if (REFUSED.test(type)) return refusalOf(403);
  if (/Throttl|LimitExceeded|InternalService/.test(type)) return refusalOf(429);
  if (type === 'ResourceNotFoundException') return refusalOf(404);
  if (/InvalidParameter|InvalidRequest|ResourceExists/.test(type)) return refusalOf(409);
  return refusalOf(status);
}
