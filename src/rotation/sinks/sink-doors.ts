import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Config, EgressClient, Keystore, SystemClock } from '../../platform/index.js';
import type { PlacedSink } from '../domain/placed-sink.js';
import type { Sink } from '../domain/sink.js';
import { SinkError } from '../domain/sink-errors.js';
import type { Tools } from './kind.js';
import { type SinkKindName, sinkKind } from './kinds.js';
import type { SealedSink } from './sinks.repository.js';

/** The ways into places. What opens one is itself open here alone, for as long as a look or a delivery takes. */
@Injectable()
export class SinkDoors {
  constructor(
    private readonly keystore: Keystore,
    private readonly egress: EgressClient,
    private readonly config: Config,
    private readonly clock: SystemClock,
  ) {}

  /** @throws SinkError `place_invalid` */
  placeOf(kind: SinkKindName, settings: unknown): string {
    const read = sinkKind(kind).settings.safeParse(settings);
    if (!read.success) throw new SinkError('place_invalid', 'The settings are not those of such a place.');
    return sinkKind(kind).placeOf(read.data);
  }

  /**
   * @returns null for a place that nothing opens
   * @throws SinkError `access_invalid`, saying nothing of what was given
   */
  seal(id: Id<'rotationSink'>, kind: SinkKindName, access: unknown): Buffer | null {
    const read = sinkKind(kind).access.safeParse(access ?? null);
    if (!read.success)
      throw new SinkError('access_invalid', 'That is not what opens such a place: see the API’s description of it.');
    return read.data === null ? null : this.keystore.seal(placeOf(id), Buffer.from(JSON.stringify(read.data)));
  }

  open({ sink, accessSealed }: SealedSink): Sink {
    const kind = sinkKind(sink.kind as SinkKindName);
    const opened = accessSealed && this.keystore.open(placeOf(sink.id), accessSealed).toString('utf8');
    const access = opened === null ? null : (JSON.parse(opened) as unknown);
    return kind.open(kind.settings.parse(sink.settings), access, sink.rotationId, this.toolsFor(sink));
  }

  private toolsFor({ id, privateNetwork, caCertificates }: PlacedSink): Tools {
    const consented = privateNetwork !== null;
    return {
      ask: ({ url, ...options }) =>
        this.egress.request('sink', url, {
          ...options,
          ...{ allowPrivate: consented, plainOnOwnNetwork: consented },
          ...(caCertificates !== null && { ca: caCertificates }),
        }),
      digest: (text) => this.keystore.blindIndex(`rotation-sink:${id}`, text).toString('hex'),
      folders: this.config.deliveryFolders,
      now: () => this.clock.now(),
    };
  }
}

function placeOf(id: Id<'rotationSink'>) {
  return { table: 'muster.rotation_sinks', row: id, field: 'access_sealed' };
}
