import { vendorAccount } from '../../domain/identifiers.js';
import type { AccountSeen } from '../../domain/observation.js';
import { holds } from '../../structures/text.js';
import { accountSeen, told } from '../accounts.js';
import { isTrustPolicy, readTrustPolicy } from '../trust-policy.js';
import { type DocumentContext, type DocumentReader, readJson, type SourceDocument } from './document.js';

const MAX_BYTES = 262_144;

/** Policies by which a cloud lets somebody take on a role, as they are kept beside the code that deploys them. */
export class TrustDocuments implements DocumentReader {
  readonly name = 'trust-policy';
  private readonly found: AccountSeen[] = [];

  constructor(private readonly context: DocumentContext) {}

  byPath(path: string): boolean {
    return /\.json$/i.test(path);
  }

  recognises(bytes: Uint8Array): boolean {
    return bytes.length <= MAX_BYTES && holds(bytes, 'Statement', 'sts:AssumeRole');
  }

  take({ path, bytes }: SourceDocument): void {
    const document = readJson(bytes, MAX_BYTES);
    if (!isTrustPolicy(document)) return;
    const { by, tooWide, outside } = readTrustPolicy(document, null);
    const { name } = this.context;
    this.found.push(
      accountSeen({
        system: `aws ${name}`,
        accountKind: 'role',
        name: path,
        identifiers: [vendorAccount('aws', `trust-policy/${name.toLowerCase()}`, path)],
        path,
        facts: {
          human: false,
          thirdParty: outside,
          more: told({ trustedBy: by.join(', '), tooWide: tooWide.join(' ') }),
        },
      }),
    );
  }

  seen() {
    return this.found;
  }
}
