import { awsIam } from './aws-iam.js';
import { exports } from './exports.js';
import { files } from './files.js';
import { git } from './git.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import { image } from './image.js';
import type { SourceKind } from './kind.js';
import { kubernetes } from './kubernetes.js';
import { mysql } from './mysql.js';
import { postgresql } from './postgresql.js';
import { redis } from './redis.js';

/** Every kind of source. To add one: a file like those beside this, and a line here and in `sources.dto.ts`. */
export const SOURCE_KINDS = {
  'aws-iam': awsIam,
  exports,
  files,
  git,
  github,
  gitlab,
  image,
  kubernetes,
  mysql,
  postgresql,
  redis,
} as const;

export type SourceKindName = keyof typeof SOURCE_KINDS;

/** @returns a kind whose own types are known to itself alone: what it is given was read by its own schemas */
export function sourceKind(name: SourceKindName): SourceKind<unknown, unknown> {
  const kinds: Readonly<Record<SourceKindName, unknown>> = SOURCE_KINDS;
  return kinds[name] as SourceKind<unknown, unknown>;
}
