import { signAws } from '../../platform/index.js';
import { type ApiCalls, originOf } from '../api-calls.js';
import { failed, refused } from '../domain/refusals.js';
import type { NetworkAccess } from '../domain/network-access.js';
import type { TargetError } from '../domain/errors.js';
import type { IamAccess } from './access.js';

const VERSIONS = { iam: '2010-05-08', sts: '2011-06-15' } as const;

export interface AccessKey {
  readonly id: string;
  readonly active: boolean;
  readonly createdAt: Date | null;
}

/** Actions of IAM and STS (Query API). */
export class Iam {
  constructor(
    private readonly calls: ApiCalls,
    private readonly access: IamAccess,
    private readonly now: () => Date,
  ) {}

  /** At most two, which is what IAM lets one have; undefined where there is no such user. */
  async findKeys(user: string): Promise<readonly AccessKey[] | undefined> {
    const xml = await this.ask('iam', { Action: 'ListAccessKeys', UserName: user }, ['NoSuchEntity']);
    if (xml === undefined) return undefined;
    return [...xml.matchAll(/<member>(.*?)<\/member>/gs)].map(([, member = '']) => ({
      id: textOf(member, 'AccessKeyId'),
      active: textOf(member, 'Status') === 'Active',
      createdAt: instantOf(textOf(member, 'CreateDate')),
    }));
  }

  async createKey(user: string): Promise<{ readonly id: string; readonly secret: string }> {
    const xml = (await this.ask('iam', { Action: 'CreateAccessKey', UserName: user }))!;
    const [id, secret] = [textOf(xml, 'AccessKeyId'), textOf(xml, 'SecretAccessKey')];
    if (id === '' || secret === '') throw failed('no-key');
    return { id, secret };
  }

  async deactivateKey(user: string, id: string): Promise<void> {
    const status = { Action: 'UpdateAccessKey', UserName: user, AccessKeyId: id, Status: 'Inactive' };
    await this.ask('iam', status, ['NoSuchEntity']);
  }

  async deleteKey(user: string, id: string): Promise<void> {
    await this.ask('iam', { Action: 'DeleteAccessKey', UserName: user, AccessKeyId: id }, ['NoSuchEntity']);
  }

  /** When a key was last used, as far as IAM knows by now, and by what; null for never. */
  async lastUse(id: string): Promise<{ readonly at: Date; readonly service: string } | null> {
    const xml = await this.ask('iam', { Action: 'GetAccessKeyLastUsed', AccessKeyId: id }, [
      'NoSuchEntity',
      'AccessDenied',
    ]);
    if (xml === undefined) return null;
    const at = instantOf(textOf(xml, 'LastUsedDate'));
    return at && { at, service: textOf(xml, 'ServiceName') };
  }

  /** Whose the key is that the access has, by STS: no right is needed to ask, only a key that works. */
  async opens(): Promise<boolean> {
    const refusals = [
      'InvalidClientTokenId',
      'SignatureDoesNotMatch',
      'InvalidAccessKeyId',
      'UnrecognizedClientException',
    ];
    return (await this.ask('sts', { Action: 'GetCallerIdentity' }, refusals)) !== undefined;
  }

  /** @returns undefined where the answer is one of the codes that were expected */
  private async ask(
    service: 'iam' | 'sts',
    parameters: Readonly<Record<string, string>>,
    expected: readonly string[] = [],
  ): Promise<string | undefined> {
    const at: NetworkAccess = service === 'sts' ? this.access.sts : this.access;
    const body = new URLSearchParams({ ...parameters, Version: VERSIONS[service] }).toString();
    const { region, user, password } = this.access;
    const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const request = { method: 'POST', url: `${originOf(at)}/`, headers: form, body } as const;
    const key = { accessKeyId: user, secretAccessKey: password };
    const headers = signAws(request, key, { region, service }, this.now());
    const answer = await this.calls.ask(at, { method: 'POST', path: '/', headers, body });
    const xml = answer.body.toString('utf8');
    if (answer.status === 200) return xml;
    const code = textOf(xml, 'Code');
    if (expected.includes(code)) return undefined;
    throw refusedWith(answer.status, code);
  }
}

const REFUSED = ['InvalidClientTokenId', 'SignatureDoesNotMatch', 'InvalidAccessKeyId', 'ExpiredToken'];

function refusedWith(status: number, code: string): TargetError {
  if (REFUSED.includes(code)) return refused('accessRefused', code);
  if (code === 'AccessDenied') return refused('notPermitted', code);
  if (code === 'Throttling' || status === 429 || status >= 500) return refused('busy', String(status));
  return failed(code);
}

/** What stands in the first element of a name; nothing where there is none. What AWS writes there has no markup. */
function textOf(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]{0,2000})</${name}>`).exec(xml)?.[1] ?? '';
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_all, entity: string) => ENTITIES[entity] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function instantOf(text: string): Date | null {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at;
}
