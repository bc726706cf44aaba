import path from 'node:path';
import { parseArgs } from 'node:util';

export const BENCHES = [
  'issuance',
  'tokens',
  'append',
  'decisions',
  'console',
  'reviews',
  'rotation',
  'resolve',
  'scan',
  'truth',
] as const;
export type BenchName = (typeof BENCHES)[number];
export const ALGORITHMS = ['ES256', 'RS256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface Options {
  readonly bench: BenchName;
  readonly json: boolean;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** How many clients each case has. */
  readonly clients: readonly number[];
  /** Of the console, reviews and rotation: how large the inventory is. */
  readonly identities: number;
  /** Of rotation: how many are due at once; 0 for none. */
  readonly due: number;
  /** Of rotation: for how long these are drained at most. */
  readonly drainSeconds: number;
  /** Of reviews: how many answer for it. */
  readonly custodians: number;
  /** Of the console: how often each page is opened. */
  readonly rounds: number;
  /** How the attestation tokens are signed. */
  readonly algorithm: Algorithm;
  /** Of the scan: the folder that holds the clones to scan. */
  readonly repositories: string;
  /** Of the truth: whether each miss and each false alarm is told. */
  readonly explain: boolean;
  /** Where the service leaves a CPU profile of itself; undefined for none. */
  readonly profiles: string | undefined;
}

export const USAGE = `npm run bench -- ${BENCHES.join('|')} [--json] [--seconds 10] [--warm-up 5]
                   [--clients 1,8,32,64] [--algorithm ${ALGORITHMS.join('|')}] [--cpu-prof DIR]
                   [--identities 1000000] [--rounds 5]    (console alone)
                   [--identities 100000] [--custodians 1000]    (reviews alone)
                   [--identities 1000000] [--due 10000] [--drain-seconds 21600]    (rotation alone)
                   [--identities 1000000]    (resolve alone: how many credentials are registered)
                   [--repositories ../bench-repos]    (scan alone: clones of rails, spire, fastify, express)
                   [--explain]    (truth alone: each miss and each false alarm)`;

const IDENTITIES: Partial<Record<BenchName, string>> = {
  console: '1000000',
  reviews: '100000',
  rotation: '1000000',
  resolve: '1000000',
};

/** @throws Error that says what would be right */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '10' },
      'warm-up': { type: 'string', default: '5' },
      clients: { type: 'string', default: '1,8,32,64' },
      algorithm: { type: 'string', default: 'ES256' },
      identities: { type: 'string' },
      due: { type: 'string', default: '10000' },
      'drain-seconds': { type: 'string', default: '21600' },
      custodians: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '5' },
      repositories: { type: 'string', default: '../bench-repos' },
      explain: { type: 'boolean', default: false },
      'cpu-prof': { type: 'string' },
    },
  });
  if (positionals.length !== 1) throw new Error('Name one bench.');
  const bench = oneOf(BENCHES, positionals[0]!);
  return {
    bench,
    json: values.json,
    seconds: atLeastOne(values.seconds, '--seconds'),
    warmUpSeconds: atLeastOne(values['warm-up'], '--warm-up'),
    clients: values.clients.split(',').map((count) => atLeastOne(count, '--clients')),
    identities: atLeastOne(values.identities ?? IDENTITIES[bench] ?? '1', '--identities', 10_000_000),
    drainSeconds: atLeastOne(values['drain-seconds'], '--drain-seconds', 86_400),
    due: values.due === '0' ? 0 : atLeastOne(values.due, '--due', 100_000),
    custodians: atLeastOne(values.custodians, '--custodians'),
    rounds: atLeastOne(values.rounds, '--rounds'),
    algorithm: oneOf(ALGORITHMS, values.algorithm),
    repositories: path.resolve(values.repositories),
    explain: values.explain,
    profiles: values['cpu-prof'] === undefined ? undefined : path.resolve(values['cpu-prof']),
  };
}

function oneOf<Name extends string>(names: readonly Name[], given: string): Name {
  const name = names.find((known) => known === given);
  if (name === undefined) throw new Error(`${given} must be one of ${names.join(', ')}.`);
  return name;
}

function atLeastOne(text: string, option: string, most = 1000): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > most) throw new Error(`${option} takes whole numbers from 1.`);
  return count;
}
