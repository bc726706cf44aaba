import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CliError } from '../errors.js';
import { readNamedFile } from '../private-file.js';
import { signalNamed } from '../workload/on-change.js';
import { Template } from '../workload/template.js';

const afterChange = z.union([
  z.strictObject({ signal: z.string().transform(signalNamed), pidFile: z.string().min(1) }),
  z.strictObject({
    command: z.array(z.string().min(1)).min(1),
    timeoutSeconds: z.int().min(1).max(3600).default(30),
  }),
]);

const file = z.strictObject({
  path: z.string().min(1),
  text: z
    .string()
    .default('{secret}')
    .transform((text) => Template.parse(text)),
});

const secret = z.strictObject({
  rotation: z.string().regex(/^rot_[0-9a-f]{32}$/),
  instance: z.string().optional(),
  atLeastEverySeconds: z.int().min(1).max(86_400).optional(),
  files: z.array(file).min(1).max(20),
  afterChange: afterChange.optional(),
});

const certificate = z.strictObject({
  folder: z.string().min(1),
  audience: z.string().default('muster'),
  tokenFile: z.string().optional(),
  joinTokenFile: z.string().optional(),
  identity: z.string().optional(),
  afterChange: afterChange.optional(),
  secrets: z.array(secret).max(100).default([]),
});

const shape = z.strictObject({
  certificates: z.array(certificate).min(1).max(20),
  statusFile: z.string().min(1).default('muster-agent.json'),
});

/** What becomes of whoever uses something that has changed; without it they read it anew by themselves. */
export type AfterChange = z.output<typeof afterChange>;
export type SecretConfig = Omit<z.output<typeof secret>, 'instance'> & { readonly instance: string };
export type CertificateConfig = Omit<z.output<typeof certificate>, 'secrets'> & {
  readonly secrets: readonly SecretConfig[];
};
export interface AgentConfig {
  readonly certificates: readonly CertificateConfig[];
  readonly statusFile: string;
}

/**
 * Reads what an agent is to keep fresh. Paths are as seen from the file's own folder.
 *
 * @throws CliError `file_unreadable`, naming every place that is wrong; `option_invalid`
 */
export async function readAgentConfig(path: string): Promise<AgentConfig> {
  const parsed = shape.safeParse(yamlIn(path, (await readNamedFile(path)).toString()));
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map(({ path: place, message }) => `${place.join('.') || 'file'}: ${message}`);
    throw new CliError('file_unreadable', `${path} does not configure an agent:\n  ${mistakes.join('\n  ')}`);
  }
  return placed(parsed.data, (name) => resolve(dirname(path), name));
}

function placed({ certificates, statusFile }: z.output<typeof shape>, at: (path: string) => string): AgentConfig {
  const atIfAny = (path: string | undefined) => (path === undefined ? undefined : at(path));
  const after = <Change extends AfterChange | undefined>(change: Change): Change =>
    change && 'pidFile' in change ? { ...change, pidFile: at(change.pidFile) } : change;
  return {
    statusFile: at(statusFile),
    certificates: certificates.map((one) => ({
      ...one,
      ...{ folder: at(one.folder), tokenFile: atIfAny(one.tokenFile), joinTokenFile: atIfAny(one.joinTokenFile) },
      afterChange: after(one.afterChange),
      secrets: one.secrets.map((secret) => ({
        ...secret,
        instance: secret.instance ?? hostname().replace(/[^A-Za-z0-9._-]/g, '-'),
        files: secret.files.map(({ path, text }) => ({ path: at(path), text })),
        afterChange: after(secret.afterChange),
      })),
    })),
  };
}

function yamlIn(path: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    throw new CliError('file_unreadable', `${path} cannot be read as YAML.`, { cause });
  }
}
