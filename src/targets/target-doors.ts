import { Injectable } from '@nestjs/common';
import { EgressClient, isOwnNetwork, Keystore, SystemClock, UnitOfWork } from '../platform/index.js';
import type { Id } from '../kernel/index.js';
import type { Access, Adapter, Inside, Way } from './domain/adapter.js';
import { TargetError } from './domain/errors.js';
import type { Rotator } from './domain/rotating.js';
import type { Target, TargetKind } from './domain/target.js';
import { AwsIamAdapter } from './aws-iam/aws-iam-adapter.js';
import { KubernetesAdapter } from './kubernetes/kubernetes-adapter.js';
import { MariadbAdapter } from './mysql/mariadb-adapter.js';
import { MysqlAdapter } from './mysql/mysql-adapter.js';
import { PostgresqlAdapter } from './postgresql/postgresql-adapter.js';
import { RabbitmqAdapter } from './rabbitmq/rabbitmq-adapter.js';
import { RedisAdapter } from './redis/redis-adapter.js';
import { WebhookAdapter } from './webhook/webhook-adapter.js';
import { type SealedTarget, TargetsRepository } from './targets.repository.js';

const RESOLVE_MILLISECONDS = 5_000;
const TABLE = 'muster.targets';

/**
 * The ways into targets. The URL with its password is opened here, for as long as a connection is, and nowhere else; no
 * connection is open while a transaction of Muster's is.
 */
@Injectable()
export class TargetDoors {
  private readonly adapters: Readonly<Record<TargetKind, Adapter>>;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly targets: TargetsRepository,
    private readonly keystore: Keystore,
    private readonly egress: EgressClient,
    clock: SystemClock,
  ) {
    this.adapters = {
      postgresql: new PostgresqlAdapter(clock),
      mariadb: new MariadbAdapter(clock),
      mysql: new MysqlAdapter(clock),
      redis: new RedisAdapter(clock),
      rabbitmq: new RabbitmqAdapter(clock, egress),
      'aws-iam': new AwsIamAdapter(clock, egress),
      kubernetes: new KubernetesAdapter(clock, egress),
      webhook: new WebhookAdapter(clock, egress),
    };
  }

  /** @throws TargetError `url_invalid` */
  read(kind: TargetKind, url: string): Access {
    return this.adapters[kind].read(url);
  }

  seal(id: Id<'target'>, url: string): Buffer {
    return this.keystore.seal(placeOf(id), Buffer.from(url));
  }

  accessTo({ target, accessSealed }: SealedTarget): Access {
    return this.read(target.kind, this.keystore.open(placeOf(target.id), accessSealed).toString('utf8'));
  }

  /** @throws TargetError `account_invalid`, `account_reserved` */
  checkAccount(sealed: SealedTarget, account: string): void {
    this.adapters[sealed.target.kind].checkAccount(this.accessTo(sealed), account);
  }

  /**
   * Does work inside a target, over a connection of its own.
   *
   * @throws TargetError `target_not_found`, `target_disabled`, and what keeps one out; EgressError `egress_…`
   */
  async within<Result>(id: Id<'target'>, work: (inside: Inside) => Promise<Result>): Promise<Result> {
    const { adapter, access, way } = await this.open(id);
    return adapter.within(access, way, work);
  }

  /**
   * Lends what rotates credentials on a target, for as long as the work goes on: where it connects was judged at the beginning.
   *
   * @throws TargetError, EgressError as `within`
   */
  async rotating<Result>(id: Id<'target'>, work: (rotator: Rotator) => Promise<Result>): Promise<Result> {
    const { adapter, access, way } = await this.open(id);
    return work(adapter.rotator(access, way));
  }

  private async open(id: Id<'target'>): Promise<{ adapter: Adapter; access: Access; way: Way }> {
    const sealed = await this.unitOfWork.readOne((tx) => this.targets.get(tx, id));
    const { target } = sealed;
    if (target.status !== 'active')
      throw new TargetError('target_disabled', 'This target is disabled: have an administrator make it active again.');
    const access = this.accessTo(sealed);
    return { adapter: this.adapters[target.kind], access, way: await this.wayTo(target, access) };
  }

  private async wayTo(target: Target, { host, verified }: Access): Promise<Way> {
    const { caCertificates, privateNetwork } = target;
    const ownNetwork = privateNetwork !== null;
    if (host === null) return { addresses: [], caCertificates, ownNetwork };
    const deadline = AbortSignal.timeout(RESOLVE_MILLISECONDS);
    const addresses = await this.egress.resolve(host, ownNetwork, deadline);
    if (!verified && !addresses.every(isOwnNetwork))
      throw new TargetError(
        'target_untrusted',
        'The target’s address is not on a network of your own: give its URL in the encrypted form.',
      );
    return { addresses, caCertificates, ownNetwork };
  }
}

function placeOf(id: Id<'target'>) {
  return { table: TABLE, row: id, field: 'access_sealed' };
}
