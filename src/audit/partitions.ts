import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { DataSource } from 'typeorm';

/** Keeps the months ahead ready for images. The database makes them, by the owner's right, and each only once. */
@Injectable()
export class Partitions implements OnApplicationBootstrap {
  constructor(private readonly dataSource: DataSource) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.make();
  }

  /** @returns how many were missing */
  @Cron(CronExpression.EVERY_DAY_AT_3AM, { timeZone: 'UTC' })
  async make(): Promise<number> {
    const [row] = await this.dataSource.query<{ made: number }[]>('SELECT audit.make_partitions() AS made');
    return row!.made;
  }
}
