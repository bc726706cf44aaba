import { closedLoop, type Lap } from './closed-loop.js';
import { BenchConnection } from './connections.js';
import { Installation } from './installation.js';
import type { Load } from './load.js';
import type { Options } from './options.js';
import { GRANT, Scene } from './scene.js';

const FORM = new URLSearchParams({ grant_type: 'client_credentials', audience: GRANT.target }).toString();

/** POST /v1/token over mTLS, each client with a certificate and a connection of its own; every answer a new token. */
export class TokensLoad implements Load {
  private readonly connections: BenchConnection[] = [];

  private constructor(
    private readonly installation: Installation,
    private readonly scene: Scene,
  ) {}

  static async start({ algorithm, profiles }: Options): Promise<TokensLoad> {
    const installation = await Installation.start(profiles);
    try {
      return new TokensLoad(installation, await Scene.make(installation.service, algorithm));
    } catch (error) {
      await installation.stop();
      throw error;
    }
  }

  get measured() {
    return this.installation.measured;
  }

  async prepare(clients: number): Promise<void> {
    while (this.connections.length < clients) {
      const certificate = await this.scene.fetchCertificate();
      this.connections.push(new BenchConnection(this.installation.service, certificate));
    }
    await Promise.all(this.connections.slice(0, clients).map((_, client) => this.ask(client)));
  }

  run(clients: number, seconds: number): Promise<Lap> {
    return closedLoop(clients, seconds, (client) => this.ask(client));
  }

  async stop(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.close()));
    await this.scene.stop();
    await this.installation.stop();
  }

  private async ask(client: number): Promise<boolean> {
    await this.connections[client]!.post('/v1/token', 'application/x-www-form-urlencoded', FORM);
    return true;
  }
}
