import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { defaultPolicy } from '../../src/policy/policies.js';
import { RECORD_TYPES } from '../../src/kernel/index.js';
import { serviceDocument } from '../../src/openapi.js';
import { REPOSITORY } from '../harness/build.js';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
  readonly [extension: `x-${string}`]: unknown;
}

const document = serviceDocument() as unknown as {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object; readonly securitySchemes: object };
};
const OPERATIONS = Object.entries(document.paths).flatMap(([route, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ route, method, operation })),
);

/** Every value of a member, wherever it stands in the document. */
function valuesOf(member: string): string[] {
  const found: string[] = [];
  JSON.parse(JSON.stringify(document), (key, value: unknown) => {
    if (key === member && typeof value === 'string') found.push(value);
    return value;
  });
  return found;
}

describe('the OpenAPI document', () => {
  it('is of version 3.1 and has what that must have (OpenAPI 3.1.0 §4.8.1)', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({
      title: expect.any(String),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(Object.keys(document.paths).filter((route) => !route.startsWith('/'))).toEqual([]);
    const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
    expect(OPERATIONS.filter(({ method }) => !methods.includes(method))).toEqual([]);
    expect(OPERATIONS.length).toBeGreaterThan(70);
  });

  it('gives every operation an id of its own, a summary, and answers with descriptions', () => {
    const ids = OPERATIONS.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of OPERATIONS) {
      expect(operation.summary.length).toBeGreaterThan(5);
      expect(Object.keys(operation.responses)).toContain('default');
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^([1-5]\d\d|default)$/);
        expect(response.description).not.toBe('');
      }
    }
  });

  it('names every parameter of a path, and no other, as required (§4.8.12.1)', () => {
    for (const { route, operation } of OPERATIONS) {
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(inPath.every(({ required }) => required)).toBe(true);
      expect(inPath.map(({ name }) => `{${name}}`).sort()).toEqual((route.match(/\{\w+\}/g) ?? []).sort());
      const keys = (operation.parameters ?? []).map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('refers to nothing that is not there', () => {
    const known = [
      ...Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`),
      ...Object.keys(document.components.securitySchemes),
    ];
    expect(valuesOf('$ref').filter((reference) => !known.includes(reference))).toEqual([]);
    const schemes = OPERATIONS.flatMap(({ operation }) => operation.security.flatMap((one) => Object.keys(one)));
    expect(schemes.filter((scheme) => !known.includes(scheme))).toEqual([]);
  });

  it('says of every route who may call it, where, and what it records', () => {
    for (const { operation } of OPERATIONS) {
      const action = operation['x-muster-action'] as string;
      expect(action === 'public' || defaultPolicy().actions.has(action)).toBe(true);
      expect(operation.security.length === 0).toBe(action === 'public');
      expect(['open', 'mutual', 'both']).toContain(operation['x-muster-listener']);
      const records = operation['x-muster-record'] as string | readonly string[];
      if (typeof records === 'string') expect(records).toBe('none');
      else expect(records.filter((type) => !(RECORD_TYPES as readonly string[]).includes(type))).toEqual([]);
    }
  });

  it('has the types that the client was generated with: run `npm run client` when this fails', async () => {
    const { scripts } = JSON.parse(await readFile(path.join(REPOSITORY, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const [, options] = /openapi-typescript dist\/openapi\.json (.*) -o src\/client\/schema\.ts$/.exec(
      scripts.client!,
    )!;
    const directory = await mkdtemp(path.join(tmpdir(), 'muster-openapi-'));
    const [from, to] = [path.join(directory, 'openapi.json'), path.join(directory, 'schema.ts')];
    await writeFile(from, JSON.stringify(document));
    const program = path.join(REPOSITORY, 'node_modules/openapi-typescript/bin/cli.js');
    const run = spawnSync(process.execPath, [program, from, ...options!.split(' '), '-o', to], { encoding: 'utf8' });
    expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 0 });
    const [generated, kept] = [to, path.join(REPOSITORY, 'src/client/schema.ts')];
    expect(await readFile(kept, 'utf8')).toBe(await readFile(generated, 'utf8'));
    await rm(directory, { recursive: true });
  });
});
