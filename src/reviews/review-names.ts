import { Injectable } from '@nestjs/common';
import { type Id, isId } from '../kernel/index.js';
import { UnitOfWork } from '../platform/index.js';
import { EffectError } from './effects/domain/errors.js';
import { wordsOf } from './effects/domain/words.js';
import { EffectsRepository } from './effects/effects.repository.js';

/** Where what this room's ids stand for is called something. */
const NAMES = {
  campaign: 'SELECT name FROM muster.review_campaigns WHERE id = $1',
  reviewItem: 'SELECT name FROM muster.review_items WHERE id = $1',
  reviewSchedule: 'SELECT name FROM muster.review_schedules WHERE id = $1',
  riskAnalysis: 'SELECT title AS name FROM muster.risk_analyses WHERE id = $1',
} as const;

/** What people call the things of this room, where they are asked to confirm what is done to them. */
@Injectable()
export class ReviewNames {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly effects: EffectsRepository,
  ) {}

  async nameOf(id: string): Promise<string | undefined> {
    if (isId('reviewEffect', id)) return this.nameOfEffect(id);
    const [, sql] = Object.entries(NAMES).find(([kind]) => isId(kind as keyof typeof NAMES, id)) ?? [];
    if (sql === undefined) return undefined;
    const rows = await this.unitOfWork.readOne((tx) => tx.query<{ name: string }>(sql, [id]));
    return rows[0]?.name;
  }

  private async nameOfEffect(id: Id<'reviewEffect'>): Promise<string | undefined> {
    try {
      const found = await this.unitOfWork.readOne((tx) => this.effects.get(tx, id));
      return wordsOf({ ...found, kind: found.effect.kind });
    } catch (error) {
      if (error instanceof EffectError) return undefined;
      throw error;
    }
  }
}
