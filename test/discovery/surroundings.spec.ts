import { describe, expect, it } from '@jest/globals';
import { BASE62, chars } from '../../src/discovery/domain/grammar.js';
import { compileRules } from '../../src/discovery/domain/rule-set.js';
import { generic } from '../../src/discovery/rules/generic/index.js';
import { discover } from '../../src/discovery/scan/discover.js';
import { Engine } from '../../src/discovery/scan/engine.js';
import { seeded } from './history-texts.js';

const engine = new Engine(compileRules(generic));
const chance = seeded(77);
const AROUND_BYTES = 2048;

/** A file of so many passwords, with something before each. */
function fileOf(count: number, between: readonly Buffer[]): Buffer {
  const lines = Array.from({ length: count }, (_, index) => [
    between[index % between.length]!,
    Buffer.from(`\nDB_PASSWORD=${chars(BASE62, 14).make(chance)}7Q\n`),
  ]);
  return Buffer.concat(lines.flat());
}

const filled = (byte: number, length: number) => Buffer.alloc(length, byte);

describe('what stands round a secret', () => {
  it.each<[string, Buffer]>([
    ['many near one another', fileOf(500, [Buffer.from('# a note')])],
    ['some near and some far', fileOf(60, [filled(0x2d, 10), filled(0x2d, 9_000), filled(0x2d, 1_500)])],
    ['letters of several bytes', fileOf(200, [Buffer.from('# für Ännchen 🔑'), Buffer.from('# plain')])],
    ['bytes that are no letters', fileOf(200, [Buffer.from([0x23, 0xff, 0xe2, 0x28, 0xa1]), Buffer.from('# plain')])],
  ])('is the same however it is cut out: %s', (_what, bytes) => {
    const room = engine.roomFor(bytes.length);
    room.bytes.set(bytes);
    const discoveries = discover(engine, room.at, bytes.length, '.env');
    expect(discoveries.length).toBeGreaterThan(50);
    for (const { start, end, around } of discoveries)
      expect(around).toBe(
        bytes.toString('utf8', Math.max(start - AROUND_BYTES, 0), Math.min(end + AROUND_BYTES, bytes.length)),
      );
  });
});
