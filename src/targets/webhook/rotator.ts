import { z } from 'zod';
import { checkSecret } from '../domain/proposed-secret.js';
import { mustDiffer } from '../domain/refusals.js';
import { COVERAGES } from '../domain/rotating.js';
import type { Credential, CredentialName, Pairing, Proof, Rotator, Survey, Usage } from '../domain/rotating.js';
import type { Endpoint } from './endpoint.js';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const scalar = z.union([z.string().max(500), z.number(), z.boolean(), z.null(), z.array(z.string().max(500)).max(100)]);
const surveySchema = z.strictObject({ survey: z.record(z.string().max(60), scalar) });
const createdSchema = z.strictObject({
  keyId: z.string().min(1).max(200).nullable(),
  secret: z.string().min(1).max(65_536).optional(),
  expiresAt: instant.nullable().optional(),
});
const usageSchema = z.strictObject({
  coverage: z.enum(COVERAGES),
  gaps: z.array(z.string().max(500)).max(20),
  completeSince: instant.nullable(),
  lagSeconds: z
    .int()
    .min(0)
    .max(2 ** 31),
  callers: z
    .array(
      z.strictObject({
        address: z.string().min(1).max(300),
        application: z.string().max(300).nullable(),
        session: z.string().max(300).nullable(),
        firstSeenAt: instant,
        lastSeenAt: instant,
        open: z.boolean(),
      }),
    )
    .max(1000),
});
const coverageSchema = usageSchema.pick({ coverage: true, gaps: true }).extend({
  longestLifeSeconds: z.int().min(1).nullable(),
});
const provedSchema = z.strictObject({ works: z.boolean() });
const nothing = z.strictObject({});

const UNSAID = 'The endpoint says that its evidence is whole, and not since when.';

/** What somebody's own endpoint rotates. Its word is all there is: it is checked for its form, and for nothing else. */
export class WebhookRotator implements Rotator {
  constructor(
    readonly pairing: Pairing,
    private readonly endpoint: Endpoint,
    private readonly now: () => Date,
    private readonly checkAccount: (account: string) => void,
  ) {}

  async coverage(account: string): Promise<Pick<Usage, 'coverage' | 'gaps'>> {
    const { coverage, gaps } = await this.ask(account, 'coverage', {}, coverageSchema);
    return { coverage, gaps };
  }

  async longestLifeSeconds(account: string): Promise<number | null> {
    return (await this.ask(account, 'coverage', {}, coverageSchema)).longestLifeSeconds;
  }

  async survey(account: string): Promise<Survey> {
    return (await this.ask(account, 'survey', {}, surveySchema)).survey;
  }

  async create(
    account: string,
    proposed: string,
    before: Survey,
    beside: CredentialName | null,
  ): Promise<{ readonly keyId: string | null; readonly secret: string; readonly expiresAt: Date | null }> {
    checkSecret(proposed);
    const wanted = { secret: proposed, before, beside: beside && nameOf(beside) };
    const { keyId, secret = proposed, expiresAt = null } = await this.ask(account, 'create', wanted, createdSchema);
    return { keyId, secret, expiresAt };
  }

  async prove({ account, keyId, secret }: Credential): Promise<Proof> {
    const { works } = await this.ask(account, 'prove', { keyId, secret }, provedSchema);
    return works ? { works } : { works, code: 'refused' };
  }

  async watch(account: string): Promise<void> {
    await this.ask(account, 'watch', {}, nothing);
  }

  async usage({ account, keyId }: CredentialName, since: Date): Promise<Usage> {
    const observedAt = this.now();
    const said = await this.ask(account, 'usage', { keyId, since: since.toISOString() }, usageSchema);
    const whole = said.coverage === 'complete' || said.coverage === 'late';
    // What contradicts itself permits nothing.
    if (whole && said.completeSince === null)
      return { ...said, coverage: 'sampled', gaps: [...said.gaps, UNSAID], observedAt };
    return { ...said, completeSince: whole ? said.completeSince : null, observedAt };
  }

  async revoke(name: Credential, beside: CredentialName | null): Promise<void> {
    mustDiffer(name, beside, this.pairing === 'accounts' ? 'accounts' : 'keys');
    await this.ask(name.account, 'revoke', { keyId: name.keyId, beside: beside && nameOf(beside) }, nothing);
  }

  private async ask<Schema extends z.ZodType>(account: string, type: string, data: object, schema: Schema) {
    this.checkAccount(account);
    return this.endpoint.ask(type, { account, ...data }, schema);
  }
}

function nameOf({ account, keyId }: CredentialName): CredentialName {
  return { account, keyId };
}
