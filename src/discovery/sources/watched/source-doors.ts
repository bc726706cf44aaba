import { createHash } from 'node:crypto';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { type Id, withDeadline } from '../../../kernel/index.js';
import { Config, EgressClient, isOwnNetwork, Keystore, SystemClock } from '../../../platform/index.js';
import type { SealedVerifier } from '../../identities/sealed-verifier.js';
import { asSourceError } from '../answers.js';
import { SourceError } from '../errors.js';
import type { Tools } from '../kind.js';
import { type SourceKindName, sourceKind } from '../kinds.js';
import type { Source } from '../source.js';
import type { SealedSource } from './sources.repository.js';
import type { WatchedSource } from './watched-source.js';

const RESOLVE_MILLISECONDS = 5_000;

/** What is said of a source, read as its kind reads it. */
export interface ReadSource {
  readonly place: string;
  readonly isPlain: boolean;
  readonly settings: unknown;
  readonly access: unknown;
}

/** The ways into sources. What opens one is itself open here alone, for as long as it is looked at. */
@Injectable()
export class SourceDoors {
  constructor(
    private readonly keystore: Keystore,
    private readonly egress: EgressClient,
    private readonly config: Config,
    private readonly clock: SystemClock,
  ) {}

  /** @throws SourceError `settings_invalid`, `access_invalid`, saying nothing of what was given */
  read(kind: SourceKindName, givenSettings: unknown, givenAccess: unknown): ReadSource {
    const of = sourceKind(kind);
    const settings = of.settings.safeParse(givenSettings);
    if (!settings.success)
      throw new SourceError(
        'settings_invalid',
        'The settings are not those of such a source: see the API’s description.',
      );
    const access = of.access.safeParse(givenAccess ?? null);
    if (!access.success)
      throw new SourceError('access_invalid', 'That is not what opens such a source: see the API’s description of it.');
    const isPlain = of.isPlain?.(settings.data, access.data) ?? false;
    return { place: of.placeOf(settings.data, access.data), isPlain, settings: settings.data, access: access.data };
  }

  seal(id: Id<'source'>, access: unknown): Buffer | null {
    if (access === null || access === undefined) return null;
    return this.keystore.seal(placeOf(id), Buffer.from(JSON.stringify(access)));
  }

  /** What opens it. */
  accessOf({ source, accessSealed }: SealedSource): unknown {
    if (accessSealed === null) return null;
    return JSON.parse(this.keystore.open(placeOf(source.id), accessSealed).toString('utf8')) as unknown;
  }

  /**
   * @param verifiers what other sources saw that proves passwords
   * @throws SourceError `settings_invalid`, `access_invalid`
   */
  open(sealed: SealedSource, verifiers: readonly SealedVerifier[] = []): Source {
    const kind = sealed.source.kind as SourceKindName;
    const { settings, access } = this.read(kind, sealed.source.settings, this.accessOf(sealed));
    return sourceKind(kind).open(settings, access, this.toolsFor(sealed.source, verifiers));
  }

  /** Where a source keeps what it can do without: for each place where it is or was a folder. */
  foldersOf(id: Id<'source'>): string {
    return path.join(this.config.dataDirectory, 'sources', id);
  }

  /** The one for where it is now: what was fetched from another place is never taken for its own. */
  ownFolderOf({ id, place }: Pick<WatchedSource, 'id' | 'place'>): string {
    return path.join(this.foldersOf(id), createHash('sha256').update(place).digest('hex').slice(0, 32));
  }

  private toolsFor(source: WatchedSource, verifiers: readonly SealedVerifier[]): Tools {
    const { id, name, privateNetwork, caCertificates } = source;
    const consented = privateNetwork !== null;
    return {
      name,
      ask: ({ url, ...options }) =>
        this.egress.request('source', url, {
          ...options,
          ...{ allowPrivate: consented, plainOnOwnNetwork: consented },
          ...(caCertificates !== null && { ca: caCertificates }),
        }),
      wayTo: async (host, verified, signal) => ({
        addresses: await this.addressesOf(host, verified, consented, signal),
        ...{ caCertificates, ownNetwork: consented },
      }),
      folders: this.config.sourceFolders,
      ownFolder: this.ownFolderOf(source),
      key: this.keystore.blindIndex('discovery-source', id),
      now: () => this.clock.now(),
      proofKey: this.keystore.blindIndex('discovery-proofs', 'postgresql'),
      verifiers,
    };
  }

  private async addressesOf(host: string, verified: boolean, consented: boolean, signal: AbortSignal) {
    // A socket of this machine.
    if (host === '') {
      if (consented) return [];
      throw new SourceError('consent_required', 'A socket of this machine needs privateNetwork with a reason.');
    }
    const addresses = await withDeadline(signal, RESOLVE_MILLISECONDS, (ending) =>
      this.egress.resolve(host, consented, ending),
    ).catch((error: unknown) => {
      throw asSourceError(error);
    });
    if (!verified && !addresses.every(isOwnNetwork))
      throw new SourceError(
        'source_untrusted',
        'Its address is not on a network of your own: give it in the encrypted form.',
      );
    return addresses;
  }
}

function placeOf(id: Id<'source'>) {
  return { table: 'muster.discovery_sources', row: id, field: 'access_sealed' };
}
