import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What stands before replicas: each connection goes to the next of them that takes it. It reads nothing of what goes through. */
export class Balancer {
  private readonly sockets = new Set<Socket>();
  private turn = 0;

  private constructor(
    private readonly server: Server,
    private readonly ports: () => readonly number[],
  ) {}

  /** @param ports where replicas listen, asked for at each connection */
  static async before(ports: () => readonly number[]): Promise<Balancer> {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    const balancer = new Balancer(server, ports);
    server.on('connection', (near) => balancer.join(near));
    await once(server, 'listening');
    return balancer;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket): void {
    this.hold(near);
    const ports = this.ports();
    this.turn += 1;
    this.pass(near, [...ports.slice(this.turn % ports.length), ...ports.slice(0, this.turn % ports.length)]);
  }

  private pass(near: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined || near.destroyed) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    const next = () => this.pass(near, others);
    far.once('error', next).once('connect', () => {
      far.off('error', next);
      this.hold(far);
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
      near.pipe(far);
      far.pipe(near);
    });
  }

  private hold(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket));
  }
}
