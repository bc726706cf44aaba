import type { Report } from '../../src/reviews/exports/domain/report.js';
import { figuresDigest } from '../../src/reviews/closing/domain/figures.js';
import { faultsOf } from '../../src/reviews/closing/domain/tie-out.js';
import { id } from '../audit/log-fixture.js';
import { tiedOut } from './package-fixture.js';

const at = new Date('2026-11-20T16:30:00.000Z');

/** A report that has something under every heading, its people named as people are. */
export function reportOf(changed: Partial<Report> = {}): Report {
  const { campaign, figures, effects, samples } = tiedOut();
  const [stopped, attested, failed] = effects as [(typeof effects)[0], (typeof effects)[0], (typeof effects)[0]];
  const people = [campaign.ownerId, campaign.managementId, id('person', 11), id('person', 12), id('person', 20)];
  const digest = figuresDigest(campaign.id, campaign.populationDigest!, figures);
  return {
    at,
    campaign: {
      ...campaign,
      name: 'Quarterly review of production',
      state: 'closed',
      acknowledgedBy: campaign.managementId,
      acknowledgedAt: new Date('2026-11-20T15:00:00.000Z'),
      acknowledgedDigest: digest,
      endedBy: campaign.ownerId,
      endedAt: new Date('2026-11-20T15:05:00.000Z'),
      scope: { environment: 'prod', privileged: true },
      dataGate: [{ code: 'no-backup', words: 'It has no backup custodian.', count: 2 }],
    },
    standing: { figures, faults: faultsOf(figures), digest },
    teamName: undefined,
    decidedBy: {
      things: [
        { personId: id('person', 11), keep: 5, reduce: 1, revoke: 1 },
        { personId: id('person', 20), keep: 0, reduce: 0, revoke: 0 },
      ],
      total: 2,
    },
    verified: {
      things: Array.from({ length: 9 }, (_, n) => ({
        effect: { ...stopped, kind: 'remove-grant', targetId: id('target', 1) },
        identityName: `ledger-sync-${n}`,
        grant: { target: 'warehouse', scope: `SELECT on table payments.settled_${n}` },
        targetName: 'warehouse',
        exceptionId: null,
      })),
      total: 9,
    },
    attested: {
      things: [
        {
          effect: {
            ...attested,
            evidence: { statement: 'Removed in the bank’s portal, seen on screen.', reference: 'CHG-2041' },
          },
          identityName: 'payroll-bot',
          grant: { target: 'bank', scope: 'payments:write' },
          targetName: null,
          exceptionId: null,
        },
      ],
      total: 1,
    },
    unfinished: {
      things: [
        {
          effect: failed,
          identityName: 'billing-api',
          grant: null,
          targetName: 'warehouse',
          exceptionId: id('reviewException', 2),
        },
      ],
      total: 1,
    },
    exceptions: {
      things: [
        {
          identityName: 'billing-api',
          of: 'effect',
          reason: 'The old cluster goes in March; nobody can reach it before.',
          ownerId: campaign.ownerId,
          endsAt: new Date('2027-03-31T00:00:00.000Z'),
        },
      ],
      total: 1,
    },
    disagreements: {
      things: [{ name: 'report-runner', reason: 'Nobody reads them.', decidedBy: people[3]!, resolution: 'effect' }],
      total: 1,
    },
    foundation: {
      id: id('riskAnalysis', 1),
      title: 'Privileged machine identities in production',
      everyDays: 90,
      justification: 'Their number grows by one in ten a quarter, and each can move money.',
      approverId: people[1]!,
      approvedAt: new Date('2026-06-01T10:00:00.000Z'),
      expiresAt: new Date('2027-06-01T10:00:00.000Z'),
    },
    behind: {
      population: [41],
      decisions: [52, 57],
      effectsVerified: [58, 59, 60, 61, 64],
      effectsAttested: [66],
      exceptions: [70],
      samples: samples.map((_, n) => 80 + n),
      acknowledgement: [90],
      closing: [91],
    },
    names: new Map([
      [people[0]!, 'Łukasz Żółć'],
      [people[1]!, 'Ada Lovelace'],
      [people[2]!, 'Ἀριστοτέλης Παπαδόπουλος'],
      [people[3]!, 'Nguyễn Thị Hồng'],
      [people[4]!, '王小明'],
    ]),
    ...changed,
  };
}
