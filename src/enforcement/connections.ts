import type { TLSSocket } from 'node:tls';
import type { Stopped } from './domain/standing-view.js';
import type { Peer } from './peer.js';

/** Open connections by whose they are, so that they can be cut the moment their owner is stopped. */
export class Connections {
  private readonly peers = new Map<TLSSocket, Peer>();
  private readonly bySerial = new Map<string, Set<TLSSocket>>();
  private readonly bySpiffeId = new Map<string, Set<TLSSocket>>();

  get count(): number {
    return this.peers.size;
  }

  add(socket: TLSSocket, peer: Peer): void {
    if (this.peers.has(socket) || socket.destroyed) return;
    this.peers.set(socket, peer);
    join(this.bySerial, peer.serialNumber, socket);
    join(this.bySpiffeId, peer.spiffeId, socket);
    socket.once('close', () => this.remove(socket, peer));
  }

  peerOf(socket: TLSSocket): Peer | undefined {
    return this.peers.get(socket);
  }

  /** Destroys the connections of whoever was stopped. @returns how many */
  cut({ serialNumber, spiffeId }: Stopped): number {
    const sockets = [
      ...(serialNumber === undefined ? [] : (this.bySerial.get(serialNumber) ?? [])),
      ...(spiffeId === undefined ? [] : (this.bySpiffeId.get(spiffeId) ?? [])),
    ];
    for (const socket of sockets) socket.destroy();
    return sockets.length;
  }

  /** Destroys the connections whose owner must go. @returns how many */
  cutWhere(mustGo: (peer: Peer) => boolean): number {
    const sockets = [...this.peers].flatMap(([socket, peer]) => (mustGo(peer) ? [socket] : []));
    for (const socket of sockets) socket.destroy();
    return sockets.length;
  }

  private remove(socket: TLSSocket, peer: Peer): void {
    this.peers.delete(socket);
    leave(this.bySerial, peer.serialNumber, socket);
    leave(this.bySpiffeId, peer.spiffeId, socket);
  }
}

function join(index: Map<string, Set<TLSSocket>>, key: string, socket: TLSSocket): void {
  const sockets = index.get(key) ?? new Set();
  index.set(key, sockets.add(socket));
}

function leave(index: Map<string, Set<TLSSocket>>, key: string, socket: TLSSocket): void {
  const sockets = index.get(key);
  sockets?.delete(socket);
  if (sockets?.size === 0) index.delete(key);
}
