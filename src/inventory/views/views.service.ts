import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import type { Actor, Id } from '../../kernel/index.js';
import { Ids, RequestError, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { translated } from '../constraints.js';
import { InventoryError } from '../domain/errors.js';
import { changeView, keepView, type NewView, type View, type ViewChange, viewImage } from './domain/view.js';
import { ViewsRepository } from './views.repository.js';

/** The searches that people keep, for themselves or for a team. Only its owner changes a view. */
@Injectable()
export class Views {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly views: ViewsRepository,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** One more than `limit` views: the caller's own, and those shared with teams that they belong to or manage. */
  list(actor: Actor, after: string | undefined, limit: number): Promise<View[]> {
    return this.unitOfWork.read((tx) => this.views.listSeenBy(tx, personOf(actor), after, limit + 1));
  }

  /** @throws InventoryError `views_full`, `not_in_team`, `view_name_taken` */
  keep(actor: Actor, wanted: Omit<NewView, 'id' | 'ownerId'>): Promise<View> {
    const ownerId = personOf(actor);
    return this.transact(async (tx) => {
      const [owned, teams] = [await this.views.countOf(tx, ownerId), await this.views.teamsOf(tx, ownerId)];
      const view = keepView({ ...wanted, id: this.ids.next('view'), ownerId }, owned, teams, this.clock.now());
      await this.views.insert(tx, view);
      await this.audit.append(tx, { type: 'view.created', actor, subject: view.id, after: viewImage(view) });
      return view;
    });
  }

  /**
   * @param version what the caller last saw
   * @throws InventoryError `view_not_found`, `not_in_team`, `view_name_taken`; RequestError `version_conflict`
   */
  change(actor: Actor, id: Id<'view'>, version: number, wanted: ViewChange): Promise<View> {
    const ownerId = personOf(actor);
    return this.transact(async (tx) => {
      const view = await this.views.lockOwn(tx, ownerId, id);
      if (view.version !== version)
        throw new RequestError('version_conflict', 'You changed this view meanwhile; read it again.');
      const changed = changeView(view, wanted, await this.views.teamsOf(tx, ownerId), this.clock.now());
      if (changed === view) return view;
      await this.views.save(tx, changed);
      const images = { before: viewImage(view), after: viewImage(changed) };
      await this.audit.append(tx, { type: 'view.changed', actor, subject: id, ...images });
      return changed;
    });
  }

  /** @throws InventoryError `view_not_found` */
  remove(actor: Actor, id: Id<'view'>): Promise<void> {
    return this.transact(async (tx) => {
      const view = await this.views.lockOwn(tx, personOf(actor), id);
      await this.views.delete(tx, id);
      await this.audit.append(tx, { type: 'view.removed', actor, subject: id, before: viewImage(view) });
    });
  }

  private transact<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return translated(this.unitOfWork.run(work));
  }
}

function personOf({ principal }: Actor): Id<'person'> {
  if (principal.kind !== 'person')
    throw new InventoryError('view_not_found', 'Only people keep views; sign in as one.');
  return principal.id;
}
