import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyRoot, joinSubtrees, leafHash, type Range, rootOf, subtreesOf } from './merkle.js';
import { consistencyRanges, inclusionRanges, provesConsistency, provesInclusion } from './merkle-proof.js';
import { subtreeHash, type TileHash, type TileRange, tileRangeOf, TreeEdge } from './merkle-tiles.js';

/** The reference tree of the Certificate Transparency test suite, and its root at each size. */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const leaves = (count: number) => Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`entry ${i}`)));
const hashesOf = (tree: readonly Buffer[], ranges: readonly Range[]) =>
  ranges.map(({ start, end }) => rootOf(tree.slice(start, end)));
const proveInclusion = (tree: readonly Buffer[], index: number) => hashesOf(tree, inclusionRanges(index, tree.length));
const proveConsistency = (tree: readonly Buffer[], from: number) =>
  hashesOf(tree, consistencyRanges(from, tree.length));

describe('a Merkle tree', () => {
  it('has the roots of the Certificate Transparency reference tree (RFC 6962 §2.1)', () => {
    const hashes = ENTRIES.map(leafHash);
    expect(ROOTS.map((_, size) => rootOf(hashes.slice(0, size)).toString('hex'))).toEqual(ROOTS);
  });

  it('gives the reference inclusion proof of leaf 5 in a tree of 8 (RFC 6962 §2.1.1)', () => {
    expect(proveInclusion(ENTRIES.map(leafHash), 5).map((hash) => hash.toString('hex'))).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });

  it('gives the reference consistency proof from 6 to 8 leaves (RFC 6962 §2.1.2)', () => {
    expect(proveConsistency(ENTRIES.map(leafHash), 6).map((hash) => hash.toString('hex'))).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });

  it('names the ranges of the example of RFC 6962 §2.1.3', () => {
    expect(inclusionRanges(0, 7)).toEqual([
      { start: 1, end: 2 },
      { start: 2, end: 4 },
      { start: 4, end: 7 },
    ]);
    expect(inclusionRanges(6, 7)).toEqual([
      { start: 4, end: 6 },
      { start: 0, end: 4 },
    ]);
    expect(consistencyRanges(3, 7)).toEqual([
      { start: 2, end: 3 },
      { start: 3, end: 4 },
      { start: 0, end: 2 },
      { start: 4, end: 7 },
    ]);
    expect(consistencyRanges(4, 7)).toEqual([{ start: 4, end: 7 }]);
    expect(consistencyRanges(6, 7)).toEqual([
      { start: 4, end: 6 },
      { start: 6, end: 7 },
      { start: 0, end: 4 },
    ]);
  });
});

describe('proofs', () => {
  it('hold for every leaf and every earlier size of every tree of up to 40 leaves', () => {
    for (let size = 1; size <= 40; size += 1) {
      const tree = leaves(size);
      const root = rootOf(tree);
      for (let index = 0; index < size; index += 1)
        expect(provesInclusion(index, size, tree[index]!, proveInclusion(tree, index), root)).toBe(true);
      for (let from = 1; from <= size; from += 1)
        expect(provesConsistency(from, size, rootOf(tree.slice(0, from)), root, proveConsistency(tree, from))).toBe(
          true,
        );
    }
  });

  it('do not hold for another index, size, leaf, root or a changed, missing or added hash', () => {
    const setting = fc
      .integer({ min: 2, max: 70 })
      .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1), other: fc.nat(size - 1) }));
    fc.assert(
      fc.property(setting, fc.nat(), ({ size, index, other }, flip) => {
        const tree = leaves(size);
        const root = rootOf(tree);
        const proof = proveInclusion(tree, index);
        const holds = (i: number, n: number, leaf: Buffer, path: Buffer[], r: Buffer) =>
          provesInclusion(i, n, leaf, path, r);
        if (other !== index) expect(holds(other, size, tree[index]!, proof, root)).toBe(false);
        expect(holds(index, size, leafHash(Buffer.from('other')), proof, root)).toBe(false);
        expect(holds(index, size, tree[index]!, proof, leafHash(root))).toBe(false);
        expect(holds(index, size, tree[index]!, proof.slice(1), root)).toBe(false);
        expect(holds(index, size, tree[index]!, [...proof, root], root)).toBe(false);
        const changed = proof.map((hash, i) => (i === flip % proof.length ? flipped(hash, flip) : hash));
        expect(holds(index, size, tree[index]!, changed, root)).toBe(false);
      }),
    );
  });

  it('of consistency do not hold across a fork, nor with any hash changed, missing or added', () => {
    const sizes = fc
      .integer({ min: 2, max: 70 })
      .chain((to) => fc.tuple(fc.integer({ min: 1, max: to - 1 }), fc.constant(to)));
    fc.assert(
      fc.property(sizes, fc.nat(), ([from, to], flip) => {
        const tree = leaves(to);
        const [older, newer] = [rootOf(tree.slice(0, from)), rootOf(tree)];
        const proof = proveConsistency(tree, from);
        const fork = tree.map((hash, i) => (i === flip % from ? flipped(hash, flip) : hash));
        expect(provesConsistency(from, to, older, rootOf(fork), proveConsistency(fork, from))).toBe(false);
        expect(provesConsistency(from, to, older, newer, proof.slice(1))).toBe(false);
        expect(provesConsistency(from, to, older, newer, [...proof, newer])).toBe(false);
        const changed = proof.map((hash, i) => (i === flip % proof.length ? flipped(hash, flip) : hash));
        expect(provesConsistency(from, to, older, newer, changed)).toBe(false);
        expect(provesConsistency(to, from, newer, older, proof)).toBe(false);
      }),
    );
  });

  it.each([
    ['a negative index', -1, 8],
    ['an index at the size', 8, 8],
    ['a fraction', 0.5, 8],
    ['NaN', NaN, 8],
    ['an unsafe size', 1, 2 ** 53],
  ])('prove nothing for %s', (_name, index, size) => {
    expect(provesInclusion(index, size, emptyRoot(), [], emptyRoot())).toBe(false);
    expect(() => inclusionRanges(index, size)).toThrow(RangeError);
  });

  it.each([
    ['an empty tree', 0, 8],
    ['a shrinking tree', 9, 8],
    ['a fraction', 1.5, 8],
  ])('prove no consistency from %s', (_name, from, to) => {
    expect(provesConsistency(from, to, emptyRoot(), emptyRoot(), [])).toBe(false);
    expect(() => consistencyRanges(from, to)).toThrow(RangeError);
  });

  it('of consistency are empty for the same size, and hold for the same root alone', () => {
    expect(consistencyRanges(5, 5)).toEqual([]);
    expect(provesConsistency(5, 5, rootOf(leaves(5)), rootOf(leaves(5)), [])).toBe(true);
    expect(provesConsistency(5, 5, rootOf(leaves(5)), rootOf(leaves(6)), [])).toBe(false);
  });

  it('work beyond 2^32 leaves', () => {
    const size = 2 ** 40 + 3;
    expect(inclusionRanges(size - 1, size)).toEqual([
      { start: 2 ** 40, end: 2 ** 40 + 2 },
      { start: 0, end: 2 ** 40 },
    ]);
  });
});

describe('tiles', () => {
  const tree = leaves(65_536 + 3 * 256 + 5);
  const levelOne = Array.from({ length: 259 }, (_, i) => rootOf(tree.slice(i * 256, (i + 1) * 256)));
  const levelTwo = [rootOf(levelOne.slice(0, 256))];
  const stored = [tree, levelOne, levelTwo];
  const storedIn = ({ level, from, to }: TileRange) => stored[level]!.slice(from, to);
  const grown = TreeEdge.empty.append(tree);

  it.each([1, 2, 255, 256, 257, 511, 512, 1023])('keep the root of a tree of %d leaves', (size) => {
    expect(TreeEdge.empty.append(tree.slice(0, size)).edge.root()).toEqual(rootOf(tree.slice(0, size)));
  });

  it('keep the root of a tree of three levels, and complete each hash of the upper two once', () => {
    expect(grown.edge.root()).toEqual(rootOf(tree));
    expect(grown.complete).toEqual([
      ...levelOne.map((hash, index) => ({ level: 1, index, hash })),
      { level: 2, index: 0, hash: levelTwo[0] },
    ]);
  });

  it('give the same edge however the leaves are cut into batches, each hash completed once', () => {
    const batches = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(batches, (counts) => {
        let edge = TreeEdge.empty;
        const complete: TileHash[] = [];
        for (const count of counts) {
          const step = edge.append(tree.slice(edge.size, edge.size + count));
          edge = step.edge;
          complete.push(...step.complete);
        }
        expect(edge.root()).toEqual(rootOf(tree.slice(0, edge.size)));
        expect(complete).toEqual(
          levelOne.slice(0, Math.floor(edge.size / 256)).map((hash, index) => ({ level: 1, index, hash })),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('take the edge up again from what is stored', () => {
    const levels = TreeEdge.rangesOf(tree.length).map(storedIn);
    expect(TreeEdge.of(tree.length, levels)).toEqual(grown.edge);
    expect(() => TreeEdge.of(tree.length + 1, levels)).toThrow(RangeError);
  });

  it('hold what every range of a proof is computed from', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000 }), fc.nat(), (size, at) => {
        for (const range of inclusionRanges(at % size, size)) {
          const hashes = subtreesOf(range).map((subtree) => subtreeHash(storedIn(tileRangeOf(subtree))));
          expect(joinSubtrees(hashes)).toEqual(rootOf(tree.slice(range.start, range.end)));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('hold the upper half of a second-level tile in one range', () => {
    expect(tileRangeOf({ level: 15, index: 1 })).toEqual({ level: 1, from: 128, to: 256 });
  });
});

function flipped(hash: Buffer, bit: number): Buffer {
  const copy = Buffer.from(hash);
  copy[(bit >> 3) % copy.length]! ^= 1 << (bit & 7);
  return copy;
}
