import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { encodeCertificatePem, parseCertificate } from '../crypto/index.js';
import { type Id, systemActor } from '../kernel/index.js';
import {
  Config,
  Ids,
  Installation,
  type MadeKey,
  Signer,
  SystemClock,
  type Tx,
  UnitOfWork,
} from '../platform/index.js';
import { AuthoritiesRepository } from './authorities.repository.js';
import type { Authority } from './domain/authority.js';

const ROOT_FILE = 'root.pem';

/** Gives a new installation its root, its issuing authority and its token key, once. */
@Injectable()
export class Founding {
  constructor(
    private readonly config: Config,
    private readonly installation: Installation,
    private readonly signer: Signer,
    private readonly unitOfWork: UnitOfWork,
    private readonly authorities: AuthoritiesRepository,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Makes sure that there are authorities, and that the root lies beside the data for whoever pins it. Of several
   * processes that start at once on one database, one founds and the others find what it made.
   *
   * @throws SignerError; until it succeeds nothing can be issued
   */
  async ensure(): Promise<void> {
    if (!(await this.findRoot())) await this.found();
    const root = (await this.findRoot())!;
    await writeFile(join(this.config.dataDirectory, ROOT_FILE), encodeCertificatePem(root.certificate), {
      mode: 0o644,
    });
  }

  private async findRoot(): Promise<Authority | undefined> {
    const all = await this.unitOfWork.readOne((tx) => this.authorities.list(tx));
    return all.find(({ kind, state }) => kind === 'root' && state === 'active');
  }

  private async found(): Promise<void> {
    const made = await this.signer.createAuthorities({
      trustDomain: this.installation.trustDomain,
      rootId: this.ids.next('authority'),
      issuingId: this.ids.next('authority'),
      tokenKeyId: this.ids.next('signingKey'),
      at: this.clock.now().toISOString(),
      crlUrl: null,
    });
    await this.unitOfWork.run((tx) => this.store(tx, made));
  }

  private async store(tx: Tx, made: readonly MadeKey[]): Promise<void> {
    await this.authorities.lockFounding(tx);
    if ((await this.authorities.list(tx)).length > 0) return;
    const root = authorityFrom(only(made, 'root'), null);
    const issuing = authorityFrom(only(made, 'issuing'), root.id);
    await this.authorities.insert(tx, root, only(made, 'root').sealedKey);
    await this.authorities.insert(tx, issuing, only(made, 'issuing').sealedKey);
    await this.authorities.insertSigningKey(tx, only(made, 'token'), this.clock.now());
    await this.audit.append(tx, {
      type: 'installation.created',
      actor: systemActor('founding', this.ids.next('request')),
      subject: this.installation.id,
      after: {
        trustDomain: this.installation.trustDomain,
        authorities: [root, issuing].map((authority) => ({
          id: authority.id,
          kind: authority.kind,
          certificate: authority.certificate.toString('base64'),
        })),
        tokenKeys: [{ id: only(made, 'token').id, publicKey: only(made, 'token').publicKey.toString('base64') }],
      },
    });
  }
}

function only(made: readonly MadeKey[], kind: MadeKey['kind']): MadeKey {
  return made.find((key) => key.kind === kind)!;
}

function authorityFrom(made: MadeKey, issuerId: Id<'authority'> | null): Authority {
  const certificate = parseCertificate(made.certificate!);
  return {
    id: made.id as Id<'authority'>,
    kind: issuerId === null ? 'root' : 'issuing',
    state: 'active',
    issuerId,
    certificate: certificate.der,
    subjectKeyId: certificate.values.subjectKeyId!,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
  };
}
