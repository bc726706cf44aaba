import { type NetworkAccess, readNetworkAccess, type UrlForm } from '../domain/network-access.js';
import { TargetError } from '../domain/errors.js';

const FORM: UrlForm = {
  system: 'AWS IAM',
  example: 'https://AKIA…:secret@iam.amazonaws.com?region=us-east-1',
  schemes: { 'https:': { port: 443, verified: true }, 'http:': { port: 80, verified: false } },
  user: null,
  parameters: ['region', 'sts'],
  path: /^$/,
};
const REGION = /^[a-z0-9-]{1,40}$/;
const STS = /^[a-z0-9.-]{1,200}$/;

/** IAM by an access key of Muster's own. */
export interface IamAccess extends NetworkAccess {
  readonly region: string;
  /** Who says whose a key is: STS of the same partition. */
  readonly sts: NetworkAccess;
}

/** @throws TargetError `url_invalid` */
export function readAccess(url: string): IamAccess {
  const access = readNetworkAccess(url, FORM);
  const region = access.parameters.get('region') ?? 'us-east-1';
  const host = access.parameters.get('sts') ?? stsOf(access.host);
  if (!REGION.test(region) || !STS.test(host) || !sameFamily(host, access.host))
    throw new TargetError('url_invalid', 'Give the region, and STS of the same domain as IAM: ?region=…&sts=…');
  return { ...access, region, sts: { ...access, host } };
}

function stsOf(host: string): string {
  return host.startsWith('iam.') ? `sts.${host.slice('iam.'.length)}` : host;
}

/** The addresses that were consented to are IAM's: nothing else than a name beside it is called by the same URL. */
function sameFamily(sts: string, iam: string): boolean {
  return sts === iam || sts.endsWith(`.${iam.split('.').slice(-2).join('.')}`);
}
