import { clueOf } from '../identities/reader.js';
import { items, member, type PlacedJson, textOf } from './placed-json.js';
import { readPlacedYaml } from './placed-yaml.js';
import { STRUCTURED } from './rules.js';
import type { Structure, StructuredCandidate } from './structure.js';
import { holds, nameOf, placedText } from './text.js';
import { secretsAmong, type Variable } from './variables.js';

const MAX_BYTES = 1024 * 1024;

/**
 * A name of a secret before a literal, or an address with a password: a workflow without either is not read as YAML, for a history
 * has hundreds of versions of each.
 */
const LITERAL =
  /(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|(?:api|private|access|secret|signing|encryption|master)[_.-]?key|credentials?|auth|dsn)(?:[_.-]\w{0,40}|\d{0,4})["']?\s{0,8}[:=]\s{0,80}(?:value:\s{0,8})?["']?(?!\$\{?\{?|\{\{|["'\s]|(?:true|false|write|read|none)\b)|:\/\/[^\s:@/]{0,256}:[^\s@/$]{1,512}@/i;

/** @see https://docs.docker.com/reference/compose-file/services/#environment */
export const compose: Structure = {
  name: 'compose',
  byPath: (path) => /^(?:docker-)?compose[\w.-]{0,64}\.ya?ml$/i.test(nameOf(path)),
  recognises: (bytes) => holds(bytes, 'environment'),
  read: (bytes, _path, _at, yaml) =>
    readPlacedYaml(placedText(bytes, MAX_BYTES), /environment/, yaml).flatMap((document) => {
      const services = member(document, 'services');
      if (services?.kind !== 'object') return [];
      return [...services.members].flatMap(([service, settings]) => composeSecrets(service, settings));
    }),
};

function composeSecrets(service: string, settings: PlacedJson): readonly StructuredCandidate[] {
  const image = textOf(member(settings, 'image'));
  const owner = (variable: string) =>
    clueOf('compose', `Compose service ${service}, variable ${variable}`, { service, image, variable });
  return secretsAmong(variablesOf(member(settings, 'environment')), STRUCTURED.composeVariable, 'compose', owner);
}

/**
 * Variables that workflows and pipelines set to literals: `env:` of GitHub Actions, `variables:` of GitLab.
 *
 * @see https://docs.gitlab.com/ci/yaml/#variables
 */
export const pipelines: Structure = {
  name: 'pipelines',
  byPath: (path) =>
    /(?:^|\/)\.(?:github|gitea|forgejo)\/(?:workflows|actions)\/.{1,256}\.ya?ml$|(?:^|\/)\.?gitlab-ci[\w.-]{0,64}\.ya?ml$|(?:^|\/)\.gitlab\/.{1,256}\.ya?ml$|(?:^|\/)(?:action|azure-pipelines|bitbucket-pipelines)\.ya?ml$/i.test(
      path,
    ),
  recognises: (bytes) =>
    (holds(bytes, 'env:') || holds(bytes, 'variables:')) &&
    LITERAL.test(placedText(bytes.subarray(0, MAX_BYTES), MAX_BYTES)),
  read: (bytes, path, _at, yaml) =>
    readPlacedYaml(placedText(bytes, MAX_BYTES), /env|variables/, yaml).flatMap((document) => {
      const name = textOf(member(document, 'name'));
      const owner = (variable: string) =>
        clueOf('pipeline', `pipeline ${name ?? path}, variable ${variable}`, { pipeline: path, variable });
      return mapsNamed(document, ['env', 'variables']).flatMap((variables) =>
        secretsAmong(variablesOf(variables), STRUCTURED.ciVariable, 'pipeline', owner),
      );
    }),
};

/** Every map under one of these names, however deep; what was read is bounded already. */
function mapsNamed(value: PlacedJson, names: readonly string[]): readonly PlacedJson[] {
  if (value.kind === 'list') return value.items.flatMap((item) => mapsNamed(item, names));
  if (value.kind !== 'object') return [];
  return [...value.members].flatMap(([name, inner]) => (names.includes(name) ? [inner] : mapsNamed(inner, names)));
}

/** A map, a list of `NAME=value`, or a map whose values say `value:` (GitLab). */
function variablesOf(value: PlacedJson | undefined): readonly Variable[] {
  if (value?.kind === 'object')
    return [...value.members].flatMap(([name, inner]) => {
      const literal = inner.kind === 'object' ? member(inner, 'value') : inner;
      return literal?.kind === 'text' ? [{ name, value: literal.value, start: literal.start, end: literal.end }] : [];
    });
  return items(value).flatMap((item) => {
    const [, name, literal] = item.kind === 'text' ? (/^([\w.-]{1,128})=(.*)$/.exec(item.value) ?? []) : [];
    if (item.kind !== 'text' || !name) return [];
    // Behind the name, and the quote where there is one.
    const start = item.end - literal!.length - (item.end - item.start > item.value.length ? 1 : 0);
    return [{ name, value: literal!, start, end: start + literal!.length }];
  });
}
