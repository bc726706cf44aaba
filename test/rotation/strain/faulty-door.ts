import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** `hangs` takes connections and says nothing; `refuses` ends them; `forgets` ends each after an answer that nobody hears. */
export const MOODS = ['well', 'hangs', 'refuses', 'forgets'] as const;
export type Mood = (typeof MOODS)[number];

/** How many answers come through before the one that is lost, at most. */
const MOST_ANSWERS = 14;

/**
 * The wire between Muster and a target, which has moods. What is lost was done there: whoever asked asks once more, and is
 * answered twice.
 */
export class FaultyDoor {
  mood: Mood = 'well';
  /** How many connections met with a fault. */
  faults = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly random: () => number,
  ) {}

  static async to(port: number, random: () => number): Promise<FaultyDoor> {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    const door = new FaultyDoor(server, random);
    server.on('connection', (near) => door.join(near, port));
    await once(server, 'listening');
    return door;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket, port: number): void {
    this.hold(near);
    if (this.mood !== 'well') this.faults += 1;
    if (this.mood === 'refuses') return void near.destroy();
    if (this.mood === 'hangs') return;
    const far = connect(port, '127.0.0.1');
    this.hold(far, near);
    near.pipe(far);
    if (this.mood === 'well') return void far.pipe(near);
    let left = Math.floor(this.random() * MOST_ANSWERS);
    far.on('data', (answer) => {
      if ((left -= 1) >= 0) near.write(answer);
      else far.destroy();
    });
  }

  private hold(socket: Socket, other?: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket));
    if (!other) return;
    socket.once('close', () => other.destroy());
    other.once('close', () => socket.destroy());
  }
}
