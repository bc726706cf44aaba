import { Injectable } from '@nestjs/common';
import { Circles, isBarred, type Ties } from '../../approvals/index.js';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import type { Campaign } from '../domain/campaign.js';

/** Those whom somebody else is to be apart from. */
export type Apart = readonly string[];

/** Whether somebody is one of those, another account of one, or has stood in for one since the campaign was frozen. */
export type IsTied = (id: Id<'person'>, to: Apart) => boolean;

/** Reads what ties people to those who decided: a second look and an acknowledgement are somebody else's. */
@Injectable()
export class ClosingTies {
  constructor(private readonly circles: Circles) {}

  /** @param people all who are asked about, on either side */
  async of(tx: Tx, campaign: Campaign, people: readonly string[]): Promise<IsTied> {
    const all = [...new Set(people)];
    const question = questionOf(campaign, all);
    const tiesOf = await this.circles.tiesOf(tx, [question], all);
    const ties: Ties = tiesOf(question);
    return (id, to) => to.length > 0 && isBarred(questionOf(campaign, to), id, ties);
  }
}

function questionOf(campaign: Campaign, involved: Apart) {
  return {
    subject: campaign.id,
    requester: involved[0] ?? '',
    involved,
    approvers: [],
    createdAt: campaign.frozenAt ?? campaign.createdAt,
  };
}
