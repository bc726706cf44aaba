import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { type Actor, type Id, principalName } from '../kernel/index.js';
import { brokenConstraint, Ids, Keystore, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { CredentialsRepository } from './credentials.repository.js';
import { type RegisteredKey, registerKey } from './domain/credential.js';
import { InventoryError } from './domain/errors.js';
import { keyImage } from './domain/images.js';
import { IdentitiesRepository } from './identities.repository.js';

export interface NewKey {
  readonly system: string;
  /** SHA-256 of the canonical secret, made where the secret is. It is used at once, and kept nowhere. */
  readonly innerDigest: Buffer;
  readonly lastFour: string | null;
  readonly expiresAt: Date | null;
}

/** A key that was seen somewhere. */
export interface FoundKey {
  readonly system: string;
  /** The keyed fingerprint, made with the key of now. */
  readonly fingerprint: Buffer;
  readonly lastFour: string | null;
}

/** Credentials that other systems issued, known here by keyed fingerprint (INV-7). */
@Injectable()
export class RegisteredKeys {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly identities: IdentitiesRepository,
    private readonly credentials: CredentialsRepository,
    private readonly keystore: Keystore,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** @throws InventoryError `identity_not_found`, `identity_retired`, `key_expired`, `key_registered` naming the other */
  async register(actor: Actor, identityId: Id<'identity'>, wanted: NewKey): Promise<RegisteredKey> {
    const fingerprint = this.keystore.fingerprint(wanted.innerDigest);
    try {
      return await this.unitOfWork.run((tx) =>
        this.insert(tx, actor, identityId, { ...wanted, fingerprint: fingerprint.value }),
      );
    } catch (cause) {
      if (brokenConstraint(cause) !== 'credentials_fingerprint_unique') throw cause;
      throw await this.alreadyRegistered(fingerprint.value, cause);
    }
  }

  /**
   * Registers a key that was found, by the fingerprint that was made of it here, within the transaction of whoever adopts it.
   *
   * @throws InventoryError `identity_not_found`, `identity_retired`; the constraint `credentials_fingerprint_unique`
   */
  adopt(tx: Tx, actor: Actor, identityId: Id<'identity'>, found: FoundKey): Promise<RegisteredKey> {
    return this.insert(tx, actor, identityId, { ...found, expiresAt: null });
  }

  /** One more than `limit` keys that an identity holds, in order of id. */
  list(identityId: Id<'identity'>, after: string | undefined, limit: number): Promise<RegisteredKey[]> {
    return this.unitOfWork.read(async (tx) => {
      await this.identities.get(tx, identityId);
      return this.credentials.listKeys(tx, identityId, after, limit + 1);
    });
  }

  /**
   * Takes a key off the ledger, because the other system no longer accepts it.
   *
   * @throws InventoryError `key_not_found`
   */
  remove(actor: Actor, id: Id<'registeredKey'>): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const key = await this.credentials.lockKey(tx, id);
      if (!key) throw new InventoryError('key_not_found', 'No identity holds a key with that id.');
      const at = this.clock.now();
      await this.credentials.end(tx, id, 'removed', at);
      const removed = { ...key, revokedAt: at };
      const images = { before: keyImage(key), after: keyImage(removed) };
      await this.audit.append(tx, { type: 'key.removed', actor, subject: key.identityId, ...images });
    });
  }

  private async insert(
    tx: Tx,
    actor: Actor,
    identityId: Id<'identity'>,
    { system, fingerprint, lastFour, expiresAt }: FoundKey & Pick<NewKey, 'expiresAt'>,
  ): Promise<RegisteredKey> {
    const identity = await this.identities.hold(tx, identityId);
    if (identity.status === 'retired')
      throw new InventoryError('identity_retired', 'A retired identity holds nothing; register the key elsewhere.');
    const [id, registeredBy] = [this.ids.next('registeredKey'), principalName(actor.principal)];
    const { fingerprintKeyId } = this.keystore;
    const key = registerKey(
      { id, identityId, system, fingerprint, fingerprintKeyId, lastFour, registeredBy, expiresAt },
      this.clock.now(),
    );
    await this.credentials.insertKey(tx, key);
    await this.audit.append(tx, { type: 'key.registered', actor, subject: identityId, after: keyImage(key) });
    return key;
  }

  private async alreadyRegistered(fingerprint: Buffer, cause: unknown): Promise<InventoryError> {
    const other = await this.unitOfWork.readOne((tx) => this.credentials.findKey(tx, fingerprint));
    const details = other ? { keyId: other.id, identityId: other.identityId } : {};
    const where = other ? ` as ${other.id} of ${other.identityId}` : '';
    return new InventoryError('key_registered', `This key is registered already${where}; remove it there first.`, {
      details,
      cause,
    });
  }
}
