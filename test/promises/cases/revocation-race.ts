import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, PointProcess, type Shown } from '../../enforcement/point-process.js';
import { csrFor, newKey } from '../../issuance/caller.js';
import type { Identity, Scene, Workload } from './scene.js';

/** A revocation that a point has not heard of by then is a failure, whatever the others took. */
export const LIMIT_MILLISECONDS = 5_000;
const STALE_PAUSE_MILLISECONDS = 250;
const MAX_STALE = 80;
/** Certificates live an hour: whoever holds one longer gets another in time. */
const RENEW_AFTER_MILLISECONDS = 15 * 60_000;

/** The wire between the points and the service, which can be cut. */
class Wire {
  private readonly sockets = new Set<Socket>();
  private whole = true;

  private constructor(private readonly server: Server) {}

  static async to(port: number): Promise<Wire> {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    const wire = new Wire(server);
    server.on('connection', (near) => wire.join(near, port));
    await once(server, 'listening');
    return wire;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  cut(): void {
    this.whole = false;
    this.sockets.forEach((socket) => socket.destroy());
  }

  mend(): void {
    this.whole = true;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket, port: number): void {
    if (!this.whole) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy()).once('close', () => this.sockets.delete(one));
      one.pipe(other);
    }
  }
}

interface Renewed {
  readonly id: string;
  readonly certificate: string;
  readonly chain: readonly string[];
}

/** A few enforcement points, and certificates that are revoked under their eyes. */
export class RevocationRace {
  private bot: Workload | undefined;
  private renewedAt = performance.now();
  /** How often a caller in good standing was refused because the feed was late. */
  stale = 0;

  private constructor(
    private readonly scene: Scene,
    private readonly identity: Identity,
    private readonly wire: Wire,
    readonly points: readonly PointProcess[],
    private readonly pointIdentity: Workload,
  ) {}

  static async open(scene: Scene, count: number, url: string, trustDomain: string): Promise<RevocationRace> {
    const wire = await Wire.to(scene.place.ports.mutual);
    const service = { url, mutualUrl: `https://localhost:${wire.port}` };
    const follower = await scene.enforcementPoint();
    const points = await Promise.all(
      Array.from({ length: count }, async (_, at) => {
        const options = { point: `point-${at}`, service, root: scene.place.root, trustDomain };
        return PointProcess.start(options, pointCredentials(await newCertificate(follower)));
      }),
    );
    return new RevocationRace(scene, await scene.identity(), wire, points, follower);
  }

  /**
   * Has a new certificate accepted at every point, revokes it, and waits until every point has cut its connection and
   * refuses the next one.
   *
   * @returns milliseconds from the answer 200 to each point's first refusal; 0 where that came before the answer
   * @throws Error when a point let it in once more, or did not cut it within the limit
   */
  async revokeOne(): Promise<number[]> {
    const held = await newCertificate(await this.holder());
    const connections = this.points.map((point) => point.connection(held));
    try {
      await Promise.all(connections.map((connection) => this.accepted(connection)));
      await this.scene.analyst.visitor.post(`/v1/certificates/${held.id}/revocation`, { reason: 'key-compromise' });
      const answeredAt = performance.now();
      return await Promise.all(connections.map((connection, at) => this.refusalAt(connection, at, held, answeredAt)));
    } finally {
      connections.forEach((connection) => connection.end());
    }
  }

  /** What the points answer to an ordinary caller. */
  async answers(): Promise<string[]> {
    const held = await newCertificate(await this.holder());
    const verdicts = await Promise.all(this.points.map((point) => point.ask(held)));
    return verdicts.map((verdict) =>
      verdict === 'cut' || verdict.effect === 'allow' ? effectOf(verdict) : verdict.code,
    );
  }

  cutTheFeed(): void {
    this.wire.cut();
  }

  mendTheFeed(): void {
    this.wire.mend();
  }

  async close(): Promise<void> {
    await Promise.all(this.points.map((point) => point.stop()));
    await this.wire.close();
  }

  /** A point that has not heard of the service for too long, on a machine that is too busy, refuses everybody meanwhile. */
  private async accepted(connection: Connection): Promise<void> {
    for (let attempt = 1; attempt <= MAX_STALE; attempt += 1) {
      const verdict = await connection.ask();
      if (verdict !== 'cut' && verdict.effect === 'allow') return;
      if (verdict === 'cut' || verdict.code !== 'feed_stale')
        throw new Error(`Refused before it was revoked: ${JSON.stringify(verdict)}`);
      this.stale += 1;
      await sleep(STALE_PAUSE_MILLISECONDS);
    }
    throw new Error('A point does not hear of the service any more.');
  }

  private async refusalAt(connection: Connection, at: number, held: Shown, answeredAt: number): Promise<number> {
    const late = sleep(LIMIT_MILLISECONDS, undefined, { ref: false }).then(() => undefined);
    const cutAt = await Promise.race([connection.cutAt, late]);
    if (cutAt === undefined) throw new Error(`Point ${at} did not cut a revoked certificate in time.`);
    const next = await this.points[at]!.ask(held);
    if (next !== 'cut' && next.effect === 'allow') throw new Error(`Point ${at} accepted a revoked certificate.`);
    return Math.max(0, cutAt - answeredAt);
  }

  /** The bot by whose certificate new ones are had; it and the points get another in time. */
  private async holder(): Promise<Workload> {
    if (this.bot && performance.now() - this.renewedAt < RENEW_AFTER_MILLISECONDS) return this.bot;
    this.renewedAt = performance.now();
    if (this.bot) {
      const follower = await this.scene.workload(this.pointIdentity.identity);
      for (const point of this.points) point.use(pointCredentials(await newCertificate(follower)));
    }
    return (this.bot = await this.scene.workload(this.identity));
  }
}

async function newCertificate({ visitor }: Workload): Promise<Shown & { readonly id: string }> {
  const key = newKey();
  const { id, certificate, chain } = await visitor.post<Renewed>('/v1/certificates/renewal', { csr: csrFor(key) });
  return {
    id,
    chain: [certificate, ...chain].join(''),
    key: key.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
}

function pointCredentials({ chain, key }: Shown) {
  return { certificate: chain, key };
}

function effectOf(verdict: 'cut' | { readonly effect: string }): string {
  return verdict === 'cut' ? 'cut' : verdict.effect;
}

/** The value below which that share of all lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}
