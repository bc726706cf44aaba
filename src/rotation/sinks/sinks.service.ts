import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, type Id, type Json, MusterError, principalName } from '../../kernel/index.js';
import { Ids, RequestError, SystemClock, UnitOfWork } from '../../platform/index.js';
import { checkedSink, type PlaceConsent, type PlacedSink, type SinkChange, sinkImage } from '../domain/placed-sink.js';
import { RotationError } from '../domain/errors.js';
import { SinkError } from '../domain/sink-errors.js';
import { RotationsRepository } from '../rotations/rotations.repository.js';
import type { SinkKindName } from './kinds.js';
import { SinkDoors } from './sink-doors.js';
import { SinksRepository } from './sinks.repository.js';

interface GivenConsent {
  readonly reason: string;
}

export interface WantedSink {
  readonly kind: SinkKindName;
  readonly settings: Readonly<Record<string, Json>>;
  /** Secret. */
  readonly access: unknown;
  readonly caCertificates: string | null;
  readonly privateNetwork: GivenConsent | null;
  readonly takesOver: boolean;
}

export type SinkRevision = Omit<SinkChange, 'privateNetwork'> & {
  readonly access?: unknown;
  readonly privateNetwork?: GivenConsent | null | undefined;
};

/** How it went to look at a place. */
export interface CheckedSink {
  readonly checkedAt: Date;
  /** Whether anything stands there; null where nobody could look. */
  readonly occupied: boolean | null;
  /** Whether it is what Muster left there last, or says that it is Muster's. */
  readonly ours: boolean | null;
  readonly failure: { readonly code: string; readonly words: string } | null;
}

/** Places that a rotation's secret is delivered to. */
@Injectable()
export class Sinks {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sinks: SinksRepository,
    private readonly rotations: RotationsRepository,
    private readonly doors: SinkDoors,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** In order of id. @throws RotationError `rotation_not_found` */
  list(rotationId: Id<'rotation'>): Promise<PlacedSink[]> {
    return this.unitOfWork.read(async (tx) => {
      await this.rotations.get(tx, rotationId);
      return (await this.sinks.listOf(tx, rotationId)).map(({ sink }) => sink);
    });
  }

  /** @throws SinkError `sink_not_found` */
  async get(id: Id<'rotationSink'>): Promise<PlacedSink> {
    return (await this.unitOfWork.readOne((tx) => this.sinks.get(tx, id))).sink;
  }

  /**
   * Has what comes from now on delivered there too; the next run brings it.
   *
   * @throws RotationError `rotation_not_found`, `no_secret`; SinkError `place_invalid`, `access_invalid`, `consent_required`, `sink_exists`
   */
  add(actor: Actor, rotationId: Id<'rotation'>, wanted: WantedSink): Promise<PlacedSink> {
    const { access, kind, privateNetwork, ...rest } = wanted;
    return this.unitOfWork.run(async (tx) => {
      const { targetId } = await this.rotations.lock(tx, rotationId);
      if (targetId === null)
        throw new RotationError(
          'no_secret',
          'What rotates there is a certificate, whose key its holder makes: there is nothing to deliver.',
        );
      const [id, at, place] = [
        this.ids.next('rotationSink'),
        this.clock.now(),
        this.doors.placeOf(kind, rest.settings),
      ];
      const others = await this.sinks.listOf(tx, rotationId);
      if (others.some(({ sink }) => sink.kind === kind && sink.place === place))
        throw new SinkError('sink_exists', 'It is delivered there already.');
      const sink = checkedSink({
        ...{ ...rest, id, rotationId, kind, place, privateNetwork: this.consentBy(actor, privateNetwork) },
        ...{ last: { version: null, revision: null }, deliveredAt: null, failure: null, version: 1 },
        ...{ createdBy: principalName(actor.principal), createdAt: at, changedAt: at },
      });
      await this.sinks.insert(tx, { sink, accessSealed: this.doors.seal(id, kind, access) });
      await this.audit.append(tx, { type: 'rotation.sink-added', actor, subject: rotationId, after: sinkImage(sink) });
      return sink;
    });
  }

  /**
   * Changes how a place is opened and what may go there; another place is added anew.
   *
   * @param version what the caller last saw
   * @throws SinkError `sink_not_found`, `access_invalid`, `consent_required`; RequestError `version_conflict`
   */
  revise(actor: Actor, id: Id<'rotationSink'>, version: number, revision: SinkRevision): Promise<PlacedSink> {
    const { access, privateNetwork, ...rest } = revision;
    return this.unitOfWork.run(async (tx) => {
      const { sink, accessSealed } = await this.sinks.lock(tx, id);
      if (sink.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this place meanwhile; read it again.');
      const consent = privateNetwork === undefined ? sink.privateNetwork : this.consentBy(actor, privateNetwork);
      const [next, changedAt] = [sink.version + 1, this.clock.now()];
      const changed = checkedSink({ ...sink, ...rest, privateNetwork: consent, version: next, changedAt });
      const sealed = access === undefined ? accessSealed : this.doors.seal(id, sink.kind as SinkKindName, access);
      await this.sinks.save(tx, { sink: changed, accessSealed: sealed });
      const images = { before: sinkImage(sink), after: sinkImage(changed) };
      await this.audit.append(tx, { type: 'rotation.sink-changed', actor, subject: sink.rotationId, ...images });
      return changed;
    });
  }

  /** Delivers there no more; what stands there stays, and the way in is forgotten. @throws SinkError `sink_not_found` */
  remove(actor: Actor, id: Id<'rotationSink'>): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const { sink } = await this.sinks.lock(tx, id);
      await this.sinks.remove(tx, sink, this.clock.now());
      const before = sinkImage(sink);
      await this.audit.append(tx, { type: 'rotation.sink-removed', actor, subject: sink.rotationId, before });
    });
  }

  /** Looks at a place, and writes nothing. That nobody can look is an answer. @throws SinkError `sink_not_found` */
  async check(id: Id<'rotationSink'>): Promise<CheckedSink> {
    const sealed = await this.unitOfWork.readOne((tx) => this.sinks.get(tx, id));
    const { last } = sealed.sink;
    const seen = await this.doors
      .open(sealed)
      .look()
      .then(
        (found) => ({
          occupied: found !== undefined,
          ours: found !== undefined && (found.version !== null || found.revision === last.revision),
          failure: null,
        }),
        asFailure,
      );
    await this.unitOfWork.run((tx) => this.sinks.noteFailure(tx, id, seen.failure?.code ?? null));
    return { checkedAt: this.clock.now(), ...seen };
  }

  /** A consent is a person's word, so only a person can give it. */
  private consentBy({ principal }: Actor, given: GivenConsent | null): PlaceConsent | null {
    if (given === null) return null;
    if (principal.kind !== 'person')
      throw new SinkError('consent_required', 'Sign in as a person to consent to a private address.');
    return { by: principal.id, consentedAt: this.clock.now().toISOString(), reason: given.reason };
  }
}

function asFailure(error: unknown): Omit<CheckedSink, 'checkedAt'> {
  if (!(error instanceof MusterError)) throw error;
  return { occupied: null, ours: null, failure: { code: error.code, words: error.message } };
}
