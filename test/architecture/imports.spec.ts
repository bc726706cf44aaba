import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const SRC = join(import.meta.dirname, '../../src');

/** The rooms in the order of docs/ARCHITECTURE.md: a room imports only from rooms above it. */
const ORDER = [
  'kernel',
  'crypto',
  'platform',
  'audit',
  'policy',
  'custodians',
  'inventory',
  'step-up',
  'approvals',
  'attestation',
  'issuance',
  'targets',
  'rotation',
  'reviews',
  'discovery',
  'anomalies',
  'client',
  'enforcement',
  'consumer',
  'console',
  'cli',
] as const;
/** The leaves never import one another. */
const LEAVES = ['rotation', 'reviews', 'discovery', 'anomalies'];
/** What ships outside the service knows the kernel, the primitives and the client, and no other room. */
const OUTSIDE = ['client', 'enforcement', 'consumer', 'cli'];
const OUTSIDE_MAY = ['kernel', 'crypto', 'client', 'enforcement', 'consumer'];
/** What runs in browsers knows the words of the API, and nothing of the service. */
const BROWSER = 'console/app/';
const BROWSER_MAY = ['client/schema.ts'];
/** Files of the composition root: they may see every room. */
const ROOT = /^([a-z.-]+\.ts|roles\/.*)$/;

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
  .map((file) => file.replaceAll('\\', '/'));
const sources = new Set(files);
const imports = files.flatMap(importsOf);
const production = imports.filter(({ from }) => !from.endsWith('.spec.ts'));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const specifiers = text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g);
  return [...specifiers].map((match) => ({
    from: file,
    to: normalize(relative(SRC, join(SRC, dirname(file), match[1]!))).replace(
      /\.js$/,
      (suffix, at: number, name: string) => (sources.has(`${name.slice(0, at)}.tsx`) ? '.tsx' : '.ts'),
    ),
  }));
}

function roomOf(file: string): string | undefined {
  return ROOT.test(file) || file.startsWith('..') ? undefined : file.split('/')[0];
}

function show({ from, to }: Import): string {
  return `${from} → ${to}`;
}

describe('the house', () => {
  it('has no room that the plan does not know', () => {
    const rooms = new Set(files.map(roomOf).filter((room) => room !== undefined));
    expect([...rooms].filter((room) => !(ORDER as readonly string[]).includes(room))).toEqual([]);
  });

  it('has no import that points up', () => {
    const upward = production.filter(({ from, to }) => {
      const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
      if (!fromRoom || !toRoom || fromRoom === toRoom) return false;
      return ORDER.indexOf(toRoom as never) > ORDER.indexOf(fromRoom as never);
    });
    expect(upward.map(show)).toEqual([]);
  });

  it('has no import of the composition root from a room', () => {
    const intoRoot = production.filter(({ from, to }) => roomOf(from) && !to.startsWith('..') && ROOT.test(to));
    expect(intoRoot.map(show)).toEqual([]);
  });

  it('has no import sideways between the leaves', () => {
    const sideways = production.filter(({ from, to }) => {
      const [fromRoom, toRoom] = [roomOf(from) ?? '', roomOf(to) ?? ''];
      return fromRoom !== toRoom && LEAVES.includes(fromRoom) && LEAVES.includes(toRoom);
    });
    expect(sideways.map(show)).toEqual([]);
  });

  it('has no import past a front door', () => {
    const deep = production.filter(({ from, to }) => {
      const toRoom = roomOf(to);
      if (!toRoom || roomOf(from) === toRoom || roomOf(from) === undefined) return false;
      return to !== `${toRoom}/index.ts` && !isPublishedFile(to);
    });
    expect(deep.map(show)).toEqual([]);
  });

  it('lets what ships outside know only what ships with it', () => {
    const heavy = production.filter(({ from, to }) => {
      const [fromRoom, toRoom] = [roomOf(from) ?? '', roomOf(to) ?? ''];
      if (toRoom === '' || toRoom === fromRoom || isPublishedFile(to)) return false;
      return OUTSIDE.includes(fromRoom) && !OUTSIDE_MAY.includes(toRoom);
    });
    expect(heavy.map(show)).toEqual([]);
  });

  it('lets what runs in browsers know the words of the API, and nothing of the service', () => {
    const inward = production.filter(
      ({ from, to }) => from.startsWith(BROWSER) && !to.startsWith(BROWSER) && !BROWSER_MAY.includes(to),
    );
    expect(inward.map(show)).toEqual([]);
  });

  it('keeps the program of the browser out of the service', () => {
    const outward = production.filter(({ from, to }) => !from.startsWith(BROWSER) && to.startsWith(BROWSER));
    expect(outward.map(show)).toEqual([]);
  });

  it('has no cycle', () => {
    expect(cycles(production)).toEqual([]);
  });

  it('keeps domain code free of Nest, the database, the clock and the environment', () => {
    const impure = files
      .filter((file) => /(^kernel\/|^crypto\/|\/domain\/)/.test(file) && !file.endsWith('.spec.ts'))
      .filter((file) =>
        /from '(@nestjs|typeorm|pg|bullmq|fastify)|process\.env|\bDate\.now\(|new Date\(\)|Math\.random\(/.test(
          source(file),
        ),
      );
    expect(impure).toEqual([]);
  });

  it('turns certificate verification off nowhere but where the root is fetched to be compared (decision 4)', () => {
    const places = files.filter(
      (file) => !file.endsWith('.spec.ts') && /rejectUnauthorized:\s*false/.test(source(file)),
    );
    expect(places.length).toBeLessThanOrEqual(1);
    for (const place of places) expect(place).toMatch(/^client\//);
  });
});

/** Single files that are published for others to use alone; each is the front door of itself. */
function isPublishedFile(file: string): boolean {
  return [
    'audit/verifier/verify.ts',
    'client/schema.ts',
    // The scan runs where there is no service: in hooks and pipelines.
    'discovery/scanner.ts',
    // The words of a refusal, for what is to start without the rest of the kernel.
    'kernel/errors.ts',
    'platform/database/throw-away-postgres.ts',
  ].includes(file);
}

function source(file: string): string {
  return readFileSync(join(SRC, file), 'utf8');
}

function cycles(edges: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return found;
}
