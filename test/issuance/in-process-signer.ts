import { Pool } from 'pg';
import { Desk } from '../../src/issuance/signer/desk.js';
import { Records } from '../../src/issuance/signer/records.js';
import { Signatures } from '../../src/issuance/signer/signatures.js';
import { offerSignatures } from '../../src/issuance/signer/signing-desk.js';
import { Vault } from '../../src/issuance/signer/vault.js';
import type { Clock } from '../../src/kernel/index.js';
import {
  type AuthorityPlan,
  type IntentSignature,
  type MadeKey,
  Signer,
  SignerError,
  type SignerErrorCode,
} from '../../src/platform/index.js';

/** The signer's own desk, rules and database role, in this process: its clock is the test's. */
export class InProcessSigner extends Signer {
  /** Everything it was asked to sign, in order. */
  readonly asked: string[] = [];
  /** Set by a test: what happens instead of signing. */
  instead: (() => Promise<never>) | undefined;
  private readonly pool: Pool;
  private readonly desk = new Desk((_method, cause) => this.faults.push(cause));
  readonly faults: unknown[] = [];

  constructor(signerUrl: string, clock: Clock, signerKey: Buffer = Buffer.alloc(32, 9)) {
    super();
    this.pool = new Pool({ connectionString: signerUrl, max: 2 });
    this.pool.on('error', () => undefined);
    const vault = new Vault();
    vault.unlock(signerKey);
    const reader = {
      query: async <Row>(sql: string, parameters: readonly unknown[] = []) =>
        (await this.pool.query(sql, [...parameters])).rows as Row[],
    };
    offerSignatures(this.desk, new Signatures(vault, new Records(reader), () => clock.now()));
  }

  override unsealed(): boolean {
    return true;
  }

  override async unseal(): Promise<readonly string[]> {
    return [];
  }

  override async serviceKey(): Promise<Buffer> {
    return Buffer.alloc(32, 7);
  }

  override logPublicKey(): Promise<Buffer> {
    throw new Error('These tests make no checkpoints.');
  }

  override signCheckpoint(): Promise<string> {
    throw new Error('These tests make no checkpoints.');
  }

  override createAuthorities(plan: AuthorityPlan): Promise<readonly MadeKey[]> {
    return this.ask('createAuthorities', plan);
  }

  override tokenPublicKeys(): Promise<readonly { readonly id: string; readonly publicKey: Buffer }[]> {
    return this.ask('tokenPublicKeys', {});
  }

  override async signIntents(ids: readonly string[]): Promise<readonly IntentSignature[]> {
    this.asked.push(...ids);
    await this.instead?.();
    return this.ask('signIntents', { ids });
  }

  override signCrl(id: string): Promise<Buffer> {
    return this.ask('signCrl', { id });
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async ask<Result>(method: string, params: unknown): Promise<Result> {
    const reply = await this.desk.answer({ id: 1, method, params });
    if (reply && 'error' in reply) throw new SignerError(reply.error.code as SignerErrorCode, reply.error.message);
    return (reply as { result: unknown }).result as Result;
  }
}
