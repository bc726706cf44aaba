import { sign } from 'node:crypto';
import { assembleSigned } from '../../crypto/index.js';
import type { AuthorityPlan, IntentSignature, MadeKey } from '../../platform/index.js';
import { makeAuthorities } from './founding.js';
import { Keys } from './keys.js';
import type { RecordedIntent } from './recorded.js';
import type { Records } from './records.js';
import { Refusal } from './refusal.js';
import { checkCertificate } from './rules/certificate.js';
import { must } from './rules/intent.js';
import { checkList } from './rules/revocation-list.js';
import { checkToken } from './rules/token.js';
import type { Vault } from './vault.js';

/** Signs what is recorded and holds against its profile; never what it is handed. */
export class Signatures {
  private readonly keys: Keys;
  /** The highest number signed for each authority since this process began. */
  private readonly highest = new Map<string, bigint>();

  /** @param now the signer's own clock */
  constructor(
    vault: Vault,
    private readonly records: Records,
    private readonly now: () => Date,
  ) {
    this.keys = new Keys(vault, records);
  }

  createAuthorities(plan: AuthorityPlan): readonly MadeKey[] {
    return makeAuthorities(this.keys, plan);
  }

  tokenPublicKeys(): Promise<readonly { readonly id: string; readonly publicKey: Buffer }[]> {
    return this.keys.tokenPublicKeys();
  }

  /** Checks all, then signs all: where one is refused, none is signed. */
  async signIntents(ids: readonly string[]): Promise<readonly IntentSignature[]> {
    const intents = await this.records.intents(ids);
    const signers = await Promise.all(intents.map((intent) => this.admitted(intent)));
    return intents.map(({ id }, index) => ({ id, signature: signers[index]!() }));
  }

  async signCrl(id: string): Promise<Buffer> {
    const list = await this.records.list(id);
    const { key, certificate, state } = await this.keys.authority(list.authorityId);
    must(state !== 'revoked', list, 'its authority is revoked');
    const remembered = this.highest.get(list.authorityId) ?? 0n;
    checkList(list, certificate, remembered > list.highestSigned ? remembered : list.highestSigned, this.now());
    this.highest.set(list.authorityId, list.number);
    return assembleSigned(list.tbs, 'ecdsa-sha256', sign('sha256', list.tbs, key));
  }

  /** @returns what makes the signature, once everything about the intent holds */
  private async admitted(intent: RecordedIntent): Promise<() => Buffer> {
    const installation = await this.records.installation();
    if (intent.kind === 'certificate') {
      const { key, certificate, state } = await this.keys.authority(intent.authorityId!);
      must(state === 'active' || intent.repeats !== null, intent, 'its authority does not issue');
      checkCertificate(intent, certificate, installation, this.now());
      return () => sign('sha256', intent.tbs, key);
    }
    if (intent.signingKeyId === null) throw new Refusal('key_unknown', 'A token without a key cannot be signed.');
    const key = await this.keys.signing(intent.signingKeyId);
    checkToken(intent, installation, this.now());
    return () => sign('sha256', intent.tbs, { key, dsaEncoding: 'ieee-p1363' });
  }
}
