import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type Id, MusterError, systemActor } from '../../kernel/index.js';
import { Ids, Jobs, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import type { RunCause } from '../domain/run.js';
import { RunBatches } from '../runs/run-batches.js';
import { RUNS_JOB } from '../runs/runs.jobs.js';
import { type Member, nextOf, turnAmong } from './domain/course.js';
import { Members } from './members.js';
import { type NextLook, SchedulesRepository, type Standing } from './schedules.repository.js';

/** As often as one looks what is due. */
const PERIOD_SECONDS = 5;
/** Begun in one transaction at most. */
const BATCH = 500;
/** One that cannot be read is looked at again after so long. */
const UNREADABLE_PAUSE_MS = 3_600_000;

/** What becomes of one that is due. */
interface Verdict extends NextLook {
  readonly begins: Extract<RunCause, 'schedule' | 'maximum-age'> | null;
}

/**
 * Begins what is due by its schedule, each once, however many replicas run and wherever one dies: that it began, that it is
 * recorded and when it is due next are stored in one transaction.
 *
 * One look is one search in an index; only what is due is computed.
 */
@Injectable()
export class BeginJobs implements OnModuleInit {
  private readonly logger = new Logger(BeginJobs.name);

  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly schedules: SchedulesRepository,
    private readonly members: Members,
    private readonly runs: RunBatches,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  onModuleInit(): void {
    this.jobs.every('rotation.begin', PERIOD_SECONDS, () => this.begin());
  }

  /** Everything that is due now. @returns how many runs began */
  async begin(): Promise<number> {
    let begun = 0;
    for (let turn = await this.batch(); turn.looked > 0; turn = await this.batch()) {
      begun += turn.begun;
      if (turn.looked < BATCH) break;
    }
    if (begun > 0) await this.jobs.enqueue(RUNS_JOB);
    return begun;
  }

  private batch(): Promise<{ readonly looked: number; readonly begun: number }> {
    return this.unitOfWork.run(async (tx) => {
      const at = this.clock.now();
      const due = await this.schedules.lockDue(tx, at, BATCH);
      if (due.length === 0) return { looked: 0, begun: 0 };
      const verdicts = await this.judge(tx, due, at.getTime());
      const wanted = verdicts.flatMap(({ id, begins }) => {
        const { rotation } = due.find((one) => one.rotation.id === id)!;
        return begins === null ? [] : [{ rotation, cause: begins, reason: null, emergencyId: null }];
      });
      const actor = systemActor('rotation', this.ids.next('request'));
      const begun = await this.runs.begin(tx, actor, wanted);
      await this.schedules.save(tx, verdicts, begun);
      return { looked: due.length, begun: begun.length };
    });
  }

  /** One after the other: what begins is known to whatever comes after it. */
  private async judge(tx: Tx, due: readonly Standing[], at: number): Promise<Verdict[]> {
    const readable = await this.readable(tx, due);
    const pairs = await this.pairsOf(tx, due);
    const begun = new Set<Id<'rotation'>>();
    return due.map((standing) => {
      const member = readable.get(standing.rotation.id);
      if (!member) return unreadable(standing, at);
      const others = (pairs.get(standing.rotation.pair ?? '') ?? [])
        .filter(({ rotationId }) => rotationId !== member.rotationId)
        .map((other) => (begun.has(other.rotationId) ? { ...other, lastBegunAt: at, lastEndedAt: null } : other));
      const verdict = verdictOn(standing, member, others, at);
      if (verdict.begins !== null) begun.add(member.rotationId);
      return verdict;
    });
  }

  private async pairsOf(tx: Tx, due: readonly Standing[]): Promise<Map<string, Member[]>> {
    const names = [...new Set(due.flatMap(({ rotation }) => rotation.pair ?? []))];
    const pairs = new Map<string, Member[]>();
    const standings = await this.schedules.listPairs(tx, names);
    const members = await this.readable(tx, standings);
    for (const { rotation } of standings) {
      const member = members.get(rotation.id);
      if (member) pairs.set(rotation.pair!, [...(pairs.get(rotation.pair!) ?? []), member]);
    }
    return pairs;
  }

  /** One whose calendars or schedule cannot be read holds nobody else up. */
  private async readable(tx: Tx, standings: readonly Standing[]): Promise<Map<Id<'rotation'>, Member>> {
    try {
      const members = await this.members.of(tx, standings);
      return new Map(members.map((member) => [member.rotationId, member]));
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
    }
    const readable = new Map<Id<'rotation'>, Member>();
    for (const standing of standings) {
      try {
        const [member] = await this.members.of(tx, [standing]);
        readable.set(standing.rotation.id, member!);
      } catch (error) {
        if (!(error instanceof MusterError)) throw error;
        const { code } = error;
        this.logger.warn({ message: 'A schedule cannot be followed.', rotation: standing.rotation.id, code });
      }
    }
    return readable;
  }
}

function unreadable({ rotation, owedSince }: Standing, at: number): Verdict {
  return { id: rotation.id, begins: null, nextDueAt: new Date(at + UNREADABLE_PAUSE_MS), owedSince };
}

/** Whether it begins now, and when it is looked at next. */
function verdictOn(standing: Standing, member: Member, others: readonly Member[], at: number): Verdict {
  const { rotation, identityStatus, newest } = standing;
  const id = rotation.id;
  const wasDue = rotation.nextDueAt !== null && rotation.nextDueAt.getTime() > 0 ? rotation.nextDueAt : null;
  const owed = member.owedSince === null ? wasDue : new Date(member.owedSince);
  const later = (from: number, owedSince: Date | null, served = member): Verdict => {
    const next = nextOf(served, from);
    return { id, begins: null, nextDueAt: next && new Date(Math.max(next.at, at + 1)), owedSince };
  };
  // Whatever runs already serves what is due now.
  if (newest !== null && newest.endedAt === null) return later(at + 1, null, { ...member, since: at, bornAt: at });
  const next = nextOf(member, at);
  if (next === null || next.at > at) return later(at, rotation.nextDueAt?.getTime() === 0 ? standing.owedSince : owed);
  // For an identity that is not active nothing is made; it is looked at again with its next window.
  if (identityStatus !== 'active') return later(at + 1, owed, { ...member, since: at, bornAt: at });
  const turn = turnAmong(member, others, 'scheduled', at);
  if (!turn.may) return later(turn.until, owed ?? new Date(at));
  return { ...later(at + 1, null, { ...member, since: at, bornAt: at }), begins: next.cause };
}
