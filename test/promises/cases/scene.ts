import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { addSeconds, DAY_SECONDS, idFrom, type Id, type Role } from '../../../src/kernel/index.js';
import { tokenHash } from '../../../src/custodians/domain/opaque-token.js';
import type { SignedIn } from '../../harness/cast.js';
import { AUDIENCE, CiIssuer, PAYMENTS_JOB } from '../../harness/oidc-issuer.js';
import type { OpenIdProvider } from '../../harness/openid-provider.js';
import { type Place, Visitor } from '../../harness/visitor.js';
import { csrFor, newKey } from '../../issuance/caller.js';
import { Secrets, uniqueWord } from './secrets.js';

/** A service that runs, with a way to arrange what no front door arranges. */
export interface Setting {
  readonly place: Place;
  /** The first administrator. */
  readonly administrator: SignedIn;
  /** Past every right. */
  readonly superuserUrl: string;
  /** Where people sign in by single sign-on; without it, everybody is believed. */
  readonly signInProvider?: OpenIdProvider;
}

interface Versioned {
  readonly id: string;
  readonly version: number;
}
export interface Identity extends Versioned {
  readonly id: Id<'identity'>;
  readonly spiffeId: string;
  readonly status: string;
  readonly approvalId: Id<'approval'> | null;
}
interface Issued {
  readonly id: Id<'certificate'>;
  readonly serialNumber: string;
  readonly certificate: string;
  readonly chain: readonly string[];
}
/** A machine identity with the certificate it holds. */
export interface Workload {
  readonly identity: Identity;
  readonly certificateId: Id<'certificate'>;
  readonly serialNumber: string;
  /** On 8444, showing the certificate. */
  readonly visitor: Visitor;
}

/** A review of one identity, and its item there. */
export interface Review {
  readonly identity: Identity;
  readonly grantId: Id<'grant'>;
  readonly campaignId: string;
  readonly campaignVersion: number;
  readonly itemId: string;
}

const PATIENCE_MILLISECONDS = 60_000;

/**
 * People, identities and credentials for the cases, made by the front doors. Whatever of it must never be written down
 * is unique and remembered in `secrets`.
 */
export class Scene {
  readonly secrets = new Secrets();
  private readonly opened: Visitor[] = [];
  private readonly databaseRoles: string[] = [];
  private issuer: Promise<CiIssuer> | undefined;

  private constructor(
    readonly place: Place,
    readonly superuser: Client,
    private readonly superuserUrl: string,
    readonly administrator: SignedIn,
    private readonly signInProvider: OpenIdProvider | undefined,
  ) {}

  engineer!: SignedIn;
  /** Primary custodian of every identity that does not say otherwise, and the backup. */
  custodian!: SignedIn;
  backup!: SignedIn;
  analyst!: SignedIn;
  auditor!: SignedIn;
  team!: Versioned;

  static async open({ place, administrator, superuserUrl, signInProvider }: Setting): Promise<Scene> {
    const superuser = new Client({ connectionString: superuserUrl });
    await superuser.connect();
    const scene = new Scene(place, superuser, superuserUrl, administrator, signInProvider);
    scene.secrets.keep('the administrator’s session token', administrator.token);
    scene.engineer = await scene.person('platform-engineer');
    scene.custodian = await scene.person('custodian');
    scene.backup = await scene.person('custodian');
    scene.analyst = await scene.person('analyst');
    scene.auditor = await scene.person('auditor');
    scene.team = await scene.newTeam();
    return scene;
  }

  /** Resolves once the log has a checkpoint and every issuing authority a revocation list. */
  async settle(): Promise<void> {
    const stranger = this.stranger();
    const file = await this.revocationList();
    for (const path of ['/v1/audit/checkpoint', `/v1/crl/${file}`])
      await eventually(async () => (await stranger.call('GET', path)).status === 200, `${path} to be there`);
  }

  /** Somebody who shows nothing. */
  stranger(): Visitor {
    return this.visitor({});
  }

  async person(...roles: Role[]): Promise<SignedIn> {
    const { id, signInToken } = await this.invited(...roles);
    return this.signIn(id, signInToken);
  }

  async signIn(id: Id<'person'>, signInToken: string): Promise<SignedIn> {
    const { session } = await this.stranger().post<{ session: { token: string } }>('/v1/sign-in', { signInToken });
    const token = this.secrets.keep('a session token', session.token);
    return { id, token, visitor: this.visitor({ token }) };
  }

  /** A person who has not signed in yet, and the token to do so. */
  async invited(...roles: Role[]): Promise<{ readonly id: Id<'person'>; readonly signInToken: string }> {
    const { person, signInToken } = await this.administrator.visitor.post<{
      person: { id: Id<'person'> };
      signInToken: string;
    }>('/v1/people', { ...this.nameAndEmail(), roles });
    return { id: person.id, signInToken: this.secrets.keep('a sign-in token', signInToken) };
  }

  /** What a browser brings back that went to the provider as somebody with this verified address. */
  async broughtBack(address: string, email: string): Promise<Readonly<Record<string, string>>> {
    const { searchParams } = new URL(address);
    const state = this.secrets.keep('the state of a single sign-on', searchParams.get('state')!);
    if (!this.signInProvider) return { state, code: email };
    this.signInProvider.account = { subject: email, email, emailVerified: true };
    const back = new URL(await this.signInProvider.visit(address));
    this.secrets.keep('the code of a single sign-on', back.searchParams.get('code')!);
    return Object.fromEntries(back.searchParams);
  }

  nameAndEmail(): { readonly name: string; readonly email: string } {
    return {
      name: `Nela ${this.secrets.word('a person’s name')}`,
      email: `${this.secrets.word('a person’s e-mail address')}@example.com`,
    };
  }

  newTeam(): Promise<Versioned> {
    return this.engineer.visitor.post('/v1/teams', { name: `team ${uniqueWord()}` });
  }

  /** What a registration says, unless a case changes it: active at once. */
  registration(changed: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    return {
      name: uniqueWord(),
      kind: 'bot',
      environment: 'test',
      teamId: this.team.id,
      purpose: 'Settles payments.',
      primaryCustodianId: this.custodian.id,
      backupCustodianId: this.backup.id,
      ...changed,
    };
  }

  /** Registered by the engineer. */
  identity(changed: Readonly<Record<string, unknown>> = {}): Promise<Identity> {
    return this.engineer.visitor.post('/v1/identities', this.registration(changed));
  }

  /** Waits for somebody else’s approval. */
  privilegedIdentity(): Promise<Identity> {
    return this.identity({ privileged: true });
  }

  async suspendedIdentity(): Promise<Identity> {
    const { id } = await this.identity();
    return this.administrator.visitor.post(`/v1/identities/${id}/suspension`, { reason: 'A look at it.' });
  }

  /** Added by the engineer; verified by the custodian where it shall count. */
  async grant(
    identityId: string,
    { target = 'orders', scope = `scope-${uniqueWord()}`, verified = false } = {},
  ): Promise<{ readonly id: Id<'grant'>; readonly target: string; readonly scope: string }> {
    const grant = await this.engineer.visitor.post<{ id: Id<'grant'> }>(`/v1/identities/${identityId}/grants`, {
      ...{ target, scope, purpose: 'Sends orders.' },
    });
    if (verified) await this.custodian.visitor.post(`/v1/grants/${grant.id}/verification`);
    return { id: grant.id, target, scope };
  }

  /** What is registered of another system's key. */
  newKeyBody(): { readonly system: string; readonly innerDigest: string } {
    const digest = this.secrets.keep('the inner digest of an API key', randomBytes(32));
    return { system: 'payments.example', innerDigest: digest.toString('hex') };
  }

  key(identityId: string): Promise<{ readonly id: string }> {
    return this.engineer.visitor.post(`/v1/identities/${identityId}/keys`, this.newKeyBody());
  }

  async joinToken(identityId: string): Promise<string> {
    const { token } = await this.engineer.visitor.post<{ token: string }>(`/v1/identities/${identityId}/join-tokens`);
    return this.secrets.keep('a join token', token);
  }

  /** A key made here, and a request signed with it. */
  csr(): { readonly key: string; readonly csr: string } {
    const key = newKey();
    this.secrets.keep('a private key', Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url'));
    return { key: key.export({ format: 'pem', type: 'pkcs8' }) as string, csr: csrFor(key) };
  }

  async workload(identity?: Identity): Promise<Workload> {
    const holder = identity ?? (await this.identity());
    const { key, csr } = this.csr();
    const token = await this.joinToken(holder.id);
    const body = { attestation: { kind: 'join-token', token }, csr };
    const issued = await this.stranger().post<Issued>('/v1/certificates', body);
    const { id: certificateId, serialNumber } = issued;
    const certificate = { key, chain: [issued.certificate, ...issued.chain].join('') };
    return { identity: holder, certificateId, serialNumber, visitor: this.visitor({ certificate }) };
  }

  /** A workload that may follow the feed and report use. */
  async enforcementPoint(): Promise<Workload> {
    const identity = await this.identity({ kind: 'enforcement-point' });
    await this.grant(identity.id, { target: 'muster', scope: 'enforcement', verified: true });
    return this.workload(identity);
  }

  provider(changed: Readonly<Record<string, unknown>> = {}): Promise<Versioned> {
    return this.administrator.visitor.post('/v1/providers', this.newProvider(changed));
  }

  newProvider(changed: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    const name = uniqueWord();
    return { name, kind: 'generic', issuer: `https://${name}.example`, ...changed };
  }

  async newTrust(): Promise<Record<string, unknown>> {
    const [provider, identity] = [await this.provider(), await this.identity()];
    const subject = `job:${uniqueWord()}`;
    return { identityId: identity.id, providerId: provider.id, audience: 'https://muster.test', subject };
  }

  async trust(): Promise<Versioned> {
    return this.engineer.visitor.post('/v1/trusts', await this.newTrust());
  }

  /** A CI system whose jobs may become one identity. */
  trustedIssuer(): Promise<CiIssuer> {
    return (this.issuer ??= this.newIssuer());
  }

  private async newIssuer(): Promise<CiIssuer> {
    const issuer = await CiIssuer.start();
    const { id: providerId } = await this.provider({
      ...{ kind: 'github-actions', issuer: issuer.url, caCertificates: issuer.caPem },
      privateNetwork: { reason: 'It runs in this test.' },
    });
    const { id: identityId } = await this.identity({ kind: 'ci-pipeline' });
    await this.engineer.visitor.post('/v1/trusts', {
      ...{ identityId, providerId, audience: AUDIENCE, subject: 'repo:acme/payments:ref:refs/heads/main' },
      pins: { repository_id: PAYMENTS_JOB.repositoryId, repository_owner_id: PAYMENTS_JOB.repositoryOwnerId },
    });
    return issuer;
  }

  /** An access token for what the workload holds a grant for. */
  async token({ visitor }: Workload): Promise<string> {
    const form = 'grant_type=client_credentials&resource=orders';
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const { access_token: token } = await visitor.post<{ access_token: string }>('/v1/token', form, type);
    return this.secrets.keep('an access token', token, token.split('.')[2]);
  }

  /** A role of the database that the service itself is on, without any right there; gone with the scene. */
  async databaseRole(options = ''): Promise<string> {
    const name = uniqueWord();
    await this.superuser.query(`CREATE ROLE ${name} ${options}`);
    this.databaseRoles.push(name);
    return name;
  }

  /** What is registered of a system: that same database, seen by a role of its own. */
  async newTarget(changed: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> {
    const password = this.secrets.word('the password of a target');
    const role = await this.databaseRole(`LOGIN PASSWORD '${password}'`);
    return this.targetAs(role, password, changed);
  }

  /** The same, seen by a role that is there. */
  async targetAs(role: string, password: string, changed: Readonly<Record<string, unknown>> = {}) {
    const url = new URL(this.superuserUrl);
    await this.connectable(role);
    Object.assign(url, { username: role, password });
    const privateNetwork = { reason: 'It runs in this test.' };
    const ownerId = this.administrator.id;
    return { name: uniqueWord(), kind: 'postgresql', url: url.href, privateNetwork, ownerId, ...changed };
  }

  /** Lets a role into the database that the service itself is on. */
  async connectable(role: string): Promise<void> {
    await this.superuser.query(`GRANT CONNECT ON DATABASE ${new URL(this.superuserUrl).pathname.slice(1)} TO ${role}`);
  }

  async target(changed: Readonly<Record<string, unknown>> = {}): Promise<Versioned & { readonly name: string }> {
    return this.administrator.visitor.post('/v1/targets', await this.newTarget(changed));
  }

  /**
   * A review of one identity with one grant, that the analyst runs, for the custodian to decide.
   *
   * @param changed what is said of the identity
   */
  async review(changed: Readonly<Record<string, unknown>> = {}): Promise<Review> {
    const environment = uniqueWord();
    const identity = await this.identity({ environment, ...changed });
    const { id: grantId } = await this.grant(identity.id);
    return { identity, grantId, ...(await this.campaignOver(environment)) };
  }

  /** Begins a review of everything in an environment, and waits until it is frozen. */
  async campaignOver(
    environment: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<Omit<Review, 'identity' | 'grantId'>> {
    const dueAt = addSeconds(new Date(), 14 * DAY_SECONDS).toISOString();
    const { id } = await this.analyst.visitor.post<Versioned>('/v1/review-campaigns', {
      ...{ name: `Review ${environment}`, scope: { environment }, dueAt, managementId: this.administrator.id },
      ...more,
    });
    const read = () => this.analyst.visitor.get<Versioned & { state: string }>(`/v1/review-campaigns/${id}`);
    await eventually(async () => (await read()).state === 'open', 'the review to be frozen');
    const { items } = await this.analyst.visitor.get<{ items: Versioned[] }>(`/v1/review-items?campaignId=${id}`);
    return { campaignId: id, campaignVersion: (await read()).version, itemId: items[0]!.id };
  }

  /** The file name of the issuing authority's revocation list. */
  async revocationList(): Promise<string> {
    const { items } = await this.auditor.visitor.get<{ items: { id: string; kind: string }[] }>('/v1/authorities');
    return `${items.find(({ kind }) => kind === 'issuing')!.id}.crl`;
  }

  /** Puts the installation back to before its setup, with a token that completes it again. */
  async setupToken(): Promise<string> {
    const token = this.secrets.keep('a setup token', `msu_${randomBytes(32).toString('base64url')}`);
    await this.superuser.query(
      `INSERT INTO muster.sign_in_tokens (id, token_hash, purpose, made_by, made_at, expires_at)
       VALUES ($1, $2, 'setup', 'system:test', now(), now() + interval '1 hour')`,
      [idFrom('invitation', Date.now(), randomBytes(10)), tokenHash(token)],
    );
    await this.superuser.query('UPDATE muster.setup SET completed_at = NULL');
    return token;
  }

  /** The types of the records that a request appended, in order. */
  async recordsOf(requestId: string): Promise<string[]> {
    const { rows } = await this.superuser.query<{ type: string }>(
      `SELECT leaf::jsonb ->> 'type' AS type FROM audit.records WHERE leaf::jsonb ->> 'request' = $1 ORDER BY n`,
      [requestId],
    );
    return rows.map(({ type }) => type);
  }

  visitor(shown: ConstructorParameters<typeof Visitor>[1]): Visitor {
    const visitor = new Visitor(this.place, shown);
    this.opened.push(visitor);
    return visitor;
  }

  async close(): Promise<void> {
    this.opened.forEach((visitor) => visitor.close());
    await (await this.issuer)?.stop();
    for (const role of this.databaseRoles) await this.superuser.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await this.superuser.end();
  }
}

/** Waits until it is so. */
export async function eventually(isSo: () => Promise<boolean>, what: string): Promise<void> {
  for (const giveUpAt = Date.now() + PATIENCE_MILLISECONDS; !(await isSo()); await sleep(50))
    if (Date.now() > giveUpAt) throw new Error(`Waited in vain for ${what}.`);
}
