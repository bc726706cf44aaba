import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};
const places = Object.entries(lock.packages);

/** Where Node would find `name` from the package at `place`: its own folder first, then those above (npm's nesting). */
function placeOf(name: string, place: string): string | undefined {
  for (let at = place; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    const found = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (found in lock.packages) return found;
    if (at === '') return undefined;
  }
}

describe('The lock file', () => {
  it('names every package that another asks for, also those of other platforms: npm ci refuses one that does not', () => {
    const missing = places.flatMap(([place, { dependencies, devDependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
        .filter((name) => placeOf(name, place) === undefined)
        .map((name) => `${place || 'package.json'} asks for ${name}`),
    );

    expect(places.length).toBeGreaterThan(500);
    expect(missing).toEqual([]);
  });

  it('pins each package by what it contains, and names no registry', () => {
    const packages = places.filter(([place]) => place !== '');

    expect(packages.filter(([, { integrity }]) => integrity === undefined).map(([place]) => place)).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([place]) => place)).toEqual([]);
  });
});
