import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { deriveKey, SCRYPT_COST, type ScryptCost, stretch } from '../../crypto/index.js';
import type { KeystoreRow, SignerConfiguration, UnsealOutcome } from '../../platform/index.js';
import { LogKey, newLogKey } from './log-key.js';
import { Refusal } from './refusal.js';
import { type FoundSecret, makeUnsealSecret, readUnsealSecret, refuseWeak } from './unseal-secret.js';
import { Vault } from './vault.js';

const LOG_KEY_PLACE = { table: 'muster.keystore', row: 'log-key', field: 'sealed' } as const;
const SALT_BYTES = 32;
const MAX_N = 2 ** 20;
const FREE_GUESSES = 3;
const MAX_PAUSE_MS = 60_000;

type Places = Pick<SignerConfiguration, 'dataDirectory' | 'unsealFile'>;

/** Keys that the unseal secret opens, by HKDF from its scrypt. */
interface Keyring {
  readonly serviceKey: Buffer;
  readonly signerKey: Buffer;
  readonly verifier: Buffer;
}

/** A keyring that was made to found a keystore: whoever opens that very keystore need not stretch the secret again. */
interface Founded {
  readonly secret: string;
  readonly salt: Buffer;
  readonly keyring: Keyring;
}

/**
 * Keeps the unseal secret's keys: founds the keystore on it at the first start, opens it at every other.
 *
 * The service gets the service key; the signer key stays in the vault. Guesses are slowed down, whoever makes them.
 */
export class Custody {
  private service: Buffer | undefined;
  private log: LogKey | undefined;
  private founded: Founded | undefined;
  private wrongGuesses = 0;
  private guessableAt = 0;
  private turn: Promise<unknown> = Promise.resolve();

  /**
   * @param rows reads `muster.keystore`
   * @param monotonicMs a clock that nobody can set, in milliseconds
   * @param cost of a keystore founded now; the lowest that is opened again
   */
  constructor(
    private readonly vault: Vault,
    private readonly rows: () => Promise<readonly KeystoreRow[]>,
    private readonly places: Places,
    private readonly monotonicMs: () => number,
    private readonly cost: ScryptCost = SCRYPT_COST,
  ) {}

  /** Unseals with the secret given, else with the file's; one attempt at a time, as each takes 128 MiB. */
  unseal(secret: string | undefined): Promise<UnsealOutcome> {
    const attempt = this.turn.then(() => this.attempt(secret));
    this.turn = attempt.catch(() => undefined);
    return attempt;
  }

  /** 32 bytes. */
  serviceKey(): Buffer {
    return present(this.service);
  }

  logKey(): LogKey {
    return present(this.log);
  }

  private async attempt(typed: string | undefined): Promise<UnsealOutcome> {
    const rows = await this.rows();
    const root = rows.find(({ kind }) => kind === 'root');
    const found = typed === undefined ? await this.fromFile(root === undefined) : { secret: typed, warnings: [] };
    if (!root) return { kind: 'unfounded', rows: await this.found(found.secret) };
    await this.open(root, rows, found.secret);
    return { kind: 'unsealed', warnings: found.warnings };
  }

  private async fromFile(first: boolean): Promise<FoundSecret> {
    const { unsealFile, dataDirectory } = this.places;
    if (!unsealFile)
      throw new Refusal('unseal_secret_missing', 'No unseal secret is kept here. Run `muster unseal` on this machine.');
    if (first && unsealFile.own) await makeUnsealSecret(unsealFile).catch(unlessThere);
    return readUnsealSecret(unsealFile, dataDirectory);
  }

  /** Everything a new keystore starts with: nothing in it opens without the secret. */
  private async found(secret: string): Promise<readonly KeystoreRow[]> {
    refuseWeak(secret);
    const salt = randomBytes(SALT_BYTES);
    const keyring = await keyringOf(secret, salt, this.cost);
    this.founded = { secret, salt, keyring };
    return foundingRows(salt, this.cost, keyring);
  }

  private async open(root: KeystoreRow, rows: readonly KeystoreRow[], secret: string): Promise<void> {
    this.refuseHaste();
    const keyring = await this.keyring(root, secret);
    if (!timingSafeEqual(keyring.verifier, root.verifier!)) throw this.wrong();
    this.wrongGuesses = 0;
    const vault = new Vault();
    vault.unlock(keyring.signerKey);
    const sealedLogKey = rows.find(({ kind }) => kind === 'log-key')?.sealed;
    if (!sealedLogKey) throw new Refusal('key_unknown', 'The keystore has lost the log key. Restore a backup.');
    this.log ??= new LogKey(vault.open(LOG_KEY_PLACE, sealedLogKey));
    this.vault.unlock(keyring.signerKey);
    this.service = keyring.serviceKey;
  }

  /** Stretches the secret, unless that was done a moment ago to found this very keystore: its salt was drawn here. */
  private async keyring(root: KeystoreRow, secret: string): Promise<Keyring> {
    const cost = allowed(root.params!, this.cost);
    const { founded } = this;
    this.founded = undefined;
    const isKnown = founded?.secret === secret && founded.salt.equals(root.salt!) && cost.N === this.cost.N;
    return isKnown ? founded.keyring : keyringOf(secret, root.salt!, cost);
  }

  private refuseHaste(): void {
    const waitMs = this.guessableAt - this.monotonicMs();
    if (waitMs <= 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw new Refusal('unseal_rate_limited', `Too many wrong unseal secrets. Wait ${seconds} s, then try again.`);
  }

  private wrong(): Refusal {
    this.wrongGuesses += 1;
    const pauseMs = this.wrongGuesses < FREE_GUESSES ? 0 : 1000 * 2 ** (this.wrongGuesses - FREE_GUESSES);
    this.guessableAt = this.monotonicMs() + Math.min(pauseMs, MAX_PAUSE_MS);
    return new Refusal('unseal_secret_wrong', 'That is not the unseal secret of this installation.');
  }
}

function foundingRows(salt: Buffer, cost: ScryptCost, keyring: Keyring): readonly KeystoreRow[] {
  const vault = new Vault();
  vault.unlock(keyring.signerKey);
  return [
    { id: 'root', kind: 'root', salt, params: cost, verifier: keyring.verifier, sealed: null },
    {
      id: LOG_KEY_PLACE.row,
      kind: 'log-key',
      salt: null,
      params: null,
      verifier: null,
      sealed: vault.seal(LOG_KEY_PLACE, newLogKey()),
    },
  ];
}

async function keyringOf(secret: string, salt: Buffer, cost: ScryptCost): Promise<Keyring> {
  const stretched = await stretch(secret, salt, cost);
  const verifierKey = deriveKey(stretched, 'unseal-verifier');
  return {
    serviceKey: deriveKey(stretched, 'service-key'),
    signerKey: deriveKey(stretched, 'signer-key'),
    verifier: createHmac('sha256', verifierKey).update(salt).digest(),
  };
}

/** The row is attacker-controlled: a cost outside these bounds would make guesses cheap, or take all memory. */
function allowed({ N, r, p }: ScryptCost, least: ScryptCost): ScryptCost {
  const bounded = N >= least.N && N <= MAX_N && r === least.r && p === least.p;
  if (!bounded)
    throw new Refusal('seal_broken', 'The keystore asks for a cost that Muster never sets. Restore a backup.');
  return { N, r, p };
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function present<Key>(key: Key | undefined): Key {
  if (key === undefined)
    throw new Refusal('sealed', 'The service is sealed. Run `muster unseal` on its machine, then try again.');
  return key;
}
