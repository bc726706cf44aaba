import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { CliError } from './errors.js';

const grant = z.strictObject({ target: z.string(), scope: z.string(), purpose: z.string() });

const identity = z.strictObject({
  name: z.string(),
  kind: z.enum(['service-account', 'bot', 'ci-pipeline', 'workload', 'ai-agent', 'third-party-integration', 'api-key']),
  environment: z.string(),
  purpose: z.string(),
  criticality: z.enum(['low', 'medium', 'high', 'critical']).default('medium'),
  dataClasses: z.array(z.enum(['customer-information', 'pii', 'order-entry', 'cardholder-data'])).default([]),
  privileged: z.boolean().default(false),
  /** Name of the team, and e-mail addresses of the custodians; `muster tour` brings its own. */
  team: z.string().optional(),
  custodians: z.strictObject({ primary: z.string(), backup: z.string() }).optional(),
  grants: z.array(grant).default([]),
});

const shape = z.strictObject({ identities: z.array(identity).min(1).max(1000) });

/** One identity as it is declared in a file. */
export type DeclaredIdentity = z.output<typeof identity>;

/**
 * Reads identities as they are declared in YAML, the form that `muster apply` will read.
 *
 * @throws CliError `file_unreadable`, naming every place that is wrong
 */
export async function readIdentitiesFile(path: string): Promise<readonly DeclaredIdentity[]> {
  const parsed = shape.safeParse(await parseYaml(path));
  if (parsed.success) return parsed.data.identities;
  const mistakes = parsed.error.issues.map(({ path: place, message }) => `${place.join('.') || 'file'}: ${message}`);
  throw new CliError('file_unreadable', `${path} does not declare identities:\n  ${mistakes.join('\n  ')}`);
}

async function parseYaml(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'), { maxAliasCount: 100 });
  } catch (cause) {
    throw new CliError('file_unreadable', `${path} cannot be read as YAML.`, { cause });
  }
}
