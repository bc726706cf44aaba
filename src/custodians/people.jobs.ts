import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HOUR_SECONDS } from '../kernel/index.js';
import { Jobs, UnitOfWork } from '../platform/index.js';
import { PeopleRepository } from './people.repository.js';
import { People } from './people.service.js';
import { PersonalFields } from './personal-fields.js';

const BATCH = 100;

/** Indexes the names of those who were here before names were found by an index; the database has not the key to it. */
@Injectable()
export class PeopleJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly people: PeopleRepository,
    private readonly view: People,
    private readonly fields: PersonalFields,
  ) {}

  onModuleInit(): void {
    this.jobs.every('people.index-names', HOUR_SECONDS, () => this.indexNames());
  }

  async indexNames(): Promise<void> {
    while ((await this.indexBatch()) === BATCH);
  }

  private indexBatch(): Promise<number> {
    return this.unitOfWork.run(async (tx) => {
      const unindexed = await this.people.lockUnindexed(tx, BATCH);
      for (const { person, name } of await this.view.see(tx, unindexed))
        await this.people.saveNameIndex(tx, person.id, this.fields.indexName(name));
      return unindexed.length;
    });
  }
}
