import { closedLoop, type Lap } from './closed-loop.js';
import { BenchConnection } from './connections.js';
import { newEvidence } from './evidence.js';
import { Installation } from './installation.js';
import type { Load } from './load.js';
import type { Options } from './options.js';
import { Scene } from './scene.js';

/** More than the fastest case so far would use up. */
const MARGIN = 1.5;
const MIN_PER_SECOND = 200;

/** POST /v1/certificates, each with a token and a request of its own. */
export class IssuanceLoad implements Load {
  private readonly connections: BenchConnection[] = [];
  private bodies: string[] = [];

  private constructor(
    private readonly installation: Installation,
    private readonly scene: Scene,
  ) {}

  static async start({ algorithm, profiles }: Options): Promise<IssuanceLoad> {
    const installation = await Installation.start(profiles);
    try {
      return new IssuanceLoad(installation, await Scene.make(installation.service, algorithm));
    } catch (error) {
      await installation.stop();
      throw error;
    }
  }

  get measured() {
    return this.installation.measured;
  }

  async prepare(clients: number, seconds: number, rate: number): Promise<void> {
    while (this.connections.length < clients) this.connections.push(new BenchConnection(this.installation.service));
    const count = Math.ceil(MARGIN * Math.max(rate, MIN_PER_SECOND) * seconds) + 2 * clients;
    this.bodies = Array.from({ length: count }, () => newEvidence(this.scene.ci).body);
    // A connection costs a handshake once: that is not what is measured.
    await Promise.all(this.connections.slice(0, clients).map((_, client) => this.issue(client)));
  }

  run(clients: number, seconds: number): Promise<Lap> {
    return closedLoop(clients, seconds, (client) => this.issue(client));
  }

  async stop(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.close()));
    await this.scene.stop();
    await this.installation.stop();
  }

  private async issue(client: number): Promise<boolean> {
    const body = this.bodies.pop();
    if (body === undefined) return false;
    await this.connections[client]!.post('/v1/certificates', 'application/json', body);
    return true;
  }
}
