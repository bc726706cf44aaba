import { EventEmitter } from 'node:events';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Client } from 'pg';
import { SEQUENCED } from '../audit/index.js';
import { DatabaseAccess } from '../platform/index.js';

const AGAIN_AFTER_MILLISECONDS = 1000;

/** One connection that listens for the log's growth, for all feeds of this process. Opened when the first one asks. */
@Injectable()
export class LogWakes implements OnModuleDestroy {
  private readonly grown = new EventEmitter().setMaxListeners(0);
  private client: Client | undefined;
  private again: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly database: DatabaseAccess) {}

  /** Waits for the log to grow, at most so long; without its connection a feed still looks by itself then. */
  within(milliseconds: number): Promise<void> {
    if (!this.client && !this.again) void this.listen();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.grown.off(SEQUENCED, done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.grown.once(SEQUENCED, done);
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    clearTimeout(this.again);
    this.grown.emit(SEQUENCED);
    await this.client?.end().catch(() => undefined);
  }

  private async listen(): Promise<void> {
    const client = new Client({
      connectionString: this.database.appUrl,
      application_name: 'muster-feed',
      keepAlive: true,
    });
    this.client = client;
    client.on('notification', () => this.grown.emit(SEQUENCED));
    client.on('error', () => undefined);
    client.once('end', () => this.reconnect());
    try {
      await client.connect();
      await client.query(`LISTEN ${SEQUENCED}`);
    } catch {
      await client.end().catch(() => undefined);
      this.reconnect();
    }
  }

  private reconnect(): void {
    if (this.closed || this.again) return;
    this.again = setTimeout(() => {
      this.again = undefined;
      void this.listen();
    }, AGAIN_AFTER_MILLISECONDS);
  }
}
