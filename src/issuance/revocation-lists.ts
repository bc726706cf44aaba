import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import {
  assembleSigned,
  encodeCrlTbs,
  isSignedBy,
  parseCertificate,
  parseCrl,
  parsePublicKey,
} from '../crypto/index.js';
import { type Ended, Inventory } from '../inventory/index.js';
import { addSeconds, DAY_SECONDS, type Id, systemActor } from '../kernel/index.js';
import { Ids, Signer, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { AuthoritiesRepository } from './authorities.repository.js';
import { CrlsRepository, type NewList, type PublishedList, type RecordedList } from './crls.repository.js';
import { type Authority, isTrusted } from './domain/authority.js';
import { IssuanceError } from './domain/errors.js';
import { referenceTo } from './domain/leaf.js';
import { CRL_LIFE_SECONDS, isListDue, type ListState, reasonCodeOf } from './domain/revocation.js';

const KEPT_SECONDS = DAY_SECONDS;

/** Publishes each issuing authority's revocation list: at least every minute, and soon after a revocation. */
@Injectable()
export class RevocationLists {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly signer: Signer,
    private readonly authorities: AuthoritiesRepository,
    private readonly lists: CrlsRepository,
    private readonly inventory: Inventory,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** Publishes what is due; does nothing where another process has just done it. */
  async publishDue(): Promise<void> {
    const all = await this.unitOfWork.readOne((tx) => this.authorities.list(tx));
    for (const authority of all.filter((one) => one.kind === 'issuing' && isTrusted(one)))
      await this.publish(authority);
    await this.unitOfWork.run((tx) => this.lists.removeLapsed(tx, addSeconds(this.clock.now(), -KEPT_SECONDS)));
  }

  /** The list that is served now. @throws IssuanceError `crl_not_found` */
  async get(authorityId: Id<'authority'>): Promise<PublishedList> {
    const list = await this.unitOfWork.readOne((tx) => this.lists.findLatest(tx, authorityId));
    if (!list) throw new IssuanceError('crl_not_found', 'This authority has published no list yet; ask again soon.');
    return list;
  }

  /** Whether the list that is served carries all of these serial numbers. */
  async carries(authorityId: Id<'authority'>, serialNumbers: readonly string[]): Promise<boolean> {
    const list = await this.unitOfWork.readOne((tx) => this.lists.findLatest(tx, authorityId));
    if (!list) return false;
    const { revoked } = parseCrl(list.der);
    return serialNumbers.every((serialNumber) => revoked.has(serialNumber));
  }

  private async publish(authority: Authority): Promise<void> {
    const recorded = await this.unitOfWork.run((tx) => this.record(tx, authority));
    if (!recorded) return;
    const der = await this.signer.signCrl(recorded.id);
    const issuer = parseCertificate(authority.certificate);
    if (!isSignedBy(parseCrl(der), parsePublicKey(issuer.spki)))
      throw new IssuanceError('signature_unverified', 'The new revocation list does not hold. Tell your operator.');
    await this.unitOfWork.run((tx) => this.lists.saveSigned(tx, recorded.id, der));
  }

  private async record(tx: Tx, authority: Authority): Promise<NewList | undefined> {
    await this.lists.lockNumbers(tx, authority.id);
    const at = this.clock.now();
    const ended = await this.inventory.listRevoked(tx, at, authority.id);
    if (!isListDue(stateOf(await this.lists.findLatestRecorded(tx, authority.id), ended), at)) return undefined;
    const list = this.compose(authority, (await this.lists.highestNumber(tx, authority.id)) + 1n, ended, at);
    await this.lists.insert(tx, list);
    await this.audit.append(tx, {
      type: 'crl.published',
      actor: systemActor('revocation-lists', this.ids.next('request')),
      subject: authority.id,
      after: {
        id: list.id,
        number: String(list.number),
        thisUpdate: list.thisUpdate.toISOString(),
        nextUpdate: list.nextUpdate.toISOString(),
        tbs: list.tbs.toString('base64'),
      },
    });
    return list;
  }

  private compose(authority: Authority, number: bigint, ended: readonly Ended[], at: Date): NewList {
    const thisUpdate = new Date(Math.floor(at.getTime() / 1000) * 1000);
    const nextUpdate = addSeconds(thisUpdate, CRL_LIFE_SECONDS);
    const issuer = referenceTo(parseCertificate(authority.certificate));
    const entries = ended.map(({ serialNumber, revokedAt, reason }) => ({
      serial: Buffer.from(serialNumber!, 'hex'),
      revokedAt,
      reason: reasonCodeOf(reason),
    }));
    const tbs = encodeCrlTbs({ issuer, number, thisUpdate, nextUpdate, entries });
    return { id: this.ids.next('crl'), authorityId: authority.id, number, thisUpdate, nextUpdate, tbs };
  }
}

/** Compares what is revoked with what the latest list says, not with when it was: commits overtake one another. */
function stateOf(latest: RecordedList | undefined, ended: readonly Ended[]): ListState {
  if (!latest) return { begunAt: null, signed: false, behind: false };
  const { revoked } = parseCrl(assembleSigned(latest.tbs, 'ecdsa-sha256', Buffer.alloc(1)));
  const behind = ended.some(({ serialNumber }) => !revoked.has(serialNumber!));
  return { begunAt: latest.thisUpdate, signed: latest.signed, behind };
}
