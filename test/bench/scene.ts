import { generateKeyPairSync } from 'node:crypto';
import type { Place, Visitor } from '../harness/visitor.js';
import type { Cast } from '../harness/cast.js';
import { AUDIENCE, CiIssuer, type IssuerKey, newIssuerKey, PAYMENTS_JOB } from '../harness/oidc-issuer.js';
import type { Algorithm } from './options.js';
import { newEvidence } from './evidence.js';

/** What the bot may do, and what its access tokens are for. */
export const GRANT = { target: 'order-entry', scope: 'orders:write' } as const;

interface Created {
  readonly id: string;
}
interface Issued {
  readonly certificate: string;
  readonly chain: readonly string[];
}

/** A certificate with its key, PEM. */
export interface HeldCertificate {
  readonly key: string;
  readonly chain: string;
}

/**
 * The smallest installation that does the main job, made by the front doors: three people, a team, one bot with a
 * verified grant, and the trust in one job of a CI issuer on loopback.
 */
export class Scene {
  private constructor(
    readonly ci: CiIssuer,
    private readonly visitor: Visitor,
  ) {}

  static async make(doors: Doors, algorithm: Algorithm): Promise<Scene> {
    const ci = await CiIssuer.start(issuerKey(algorithm));
    try {
      await register(doors.cast, ci);
      return new Scene(ci, doors.visitor());
    } catch (error) {
      await ci.stop();
      throw error;
    }
  }

  /** A certificate of the bot's, fetched as its CI job would. */
  async fetchCertificate(): Promise<HeldCertificate> {
    const { key, body } = newEvidence(this.ci);
    const issued = await this.visitor.post<Issued>('/v1/certificates', body);
    return {
      key: key.export({ format: 'pem', type: 'pkcs8' }) as string,
      chain: [issued.certificate, ...issued.chain].join(''),
    };
  }

  stop(): Promise<void> {
    this.visitor.close();
    return this.ci.stop();
  }
}

interface Doors extends Place {
  readonly cast: Cast;
  visitor(): Visitor;
}

async function register(cast: Cast, ci: CiIssuer): Promise<void> {
  const administrator = await cast.administrator();
  const engineer = await cast.signInAs('platform-engineer');
  const bot = await registerBot(cast, engineer.visitor);
  const provider = await administrator.visitor.post<Created>('/v1/providers', {
    name: 'bench-ci',
    kind: 'github-actions',
    issuer: ci.url,
    algorithms: [ci.key.alg],
    caCertificates: ci.caPem,
    privateNetwork: { reason: 'The bench runs its CI issuer on loopback' },
  });
  await engineer.visitor.post('/v1/trusts', {
    identityId: bot.id,
    providerId: provider.id,
    audience: AUDIENCE,
    subject: `repo:${PAYMENTS_JOB.repository}:ref:${PAYMENTS_JOB.ref}`,
    pins: { repository_id: PAYMENTS_JOB.repositoryId, repository_owner_id: PAYMENTS_JOB.repositoryOwnerId },
    condition: "claims.event_name == 'push' && claims.runner_environment == 'github-hosted'",
  });
}

async function registerBot(cast: Cast, engineer: Visitor): Promise<Created> {
  const custodian = await cast.signInAs('custodian');
  const backup = await cast.signInAs('custodian');
  const team = await engineer.post<Created>('/v1/teams', { name: 'payments' });
  const bot = await engineer.post<Created>('/v1/identities', {
    name: 'payments-settlement-bot',
    kind: 'bot',
    environment: 'production',
    teamId: team.id,
    purpose: 'Settles payments',
    primaryCustodianId: custodian.id,
    backupCustodianId: backup.id,
  });
  const grant = await engineer.post<Created>(`/v1/identities/${bot.id}/grants`, { ...GRANT, purpose: 'Settlement' });
  await custodian.visitor.post(`/v1/grants/${grant.id}/verification`);
  return bot;
}

function issuerKey(alg: Algorithm): IssuerKey {
  if (alg === 'RS256') return newIssuerKey('bench');
  return { kid: 'bench', alg, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}
