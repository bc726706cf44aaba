import { endsRightly, githubCheck } from '../domain/checksums.js';
import {
  BASE62,
  BASE64,
  BASE64URL,
  chars,
  checked,
  LOWER_ALNUM,
  LOWER_HEX,
  madeBy,
  oneOf,
  optional,
  sequence,
  UPPER_ALNUM,
  uuid,
} from '../domain/grammar.js';
import { around, assigned, family, names, token } from './family.js';

const npm = family(
  { vendor: 'npm', page: 'https://docs.npmjs.com/about-access-tokens' },
  {
    id: 'npm-access-token',
    name: 'access token',
    kind: 'token',
    page: 'https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/',
    shape: token(checked(sequence('npm_', chars(BASE62, 30)), chars(BASE62, 6), githubCheck)),
    genuine: (text) => endsRightly(text, githubCheck, 6),
  },
  {
    id: 'npm-access-token-old',
    name: 'access token from before 2021',
    kind: 'token',
    page: 'https://docs.npmjs.com/cli/v10/configuring-npm/npmrc',
    reveals: 'the registry',
    shape: around([':_authToken='], ':_authToken=', uuid()),
    secret: (text) => [12, text.length],
  },
  {
    id: 'npm-basic-auth',
    name: 'user and password in .npmrc',
    kind: 'password',
    page: 'https://docs.npmjs.com/cli/v10/configuring-npm/npmrc',
    reveals: 'the user, where it decodes',
    shape: around(
      [':_auth=', ':_password='],
      oneOf(':_auth=', ':_password='),
      optional('"'),
      chars(BASE64, 8, 200),
      oneOf('==', '=', ''),
    ),
    secret: (text) => [text.search(/[=]"?/) + (text.includes('"') ? 2 : 1), text.length],
    entropy: 2.5,
  },
  {
    id: 'npm-registry-token',
    name: 'token of a registry in .npmrc',
    kind: 'token',
    page: 'https://docs.npmjs.com/cli/v10/configuring-npm/npmrc',
    reveals: 'the registry',
    basis: 'generic',
    shape: around([':_authToken='], ':_authToken=', optional('"'), chars(`${BASE64URL}+/=.~`, 20, 400)),
    secret: (text) => [text.includes('"') ? 13 : 12, text.length],
    entropy: 3.3,
    unless: (text) =>
      /=(?:npm_|ghp_|glpat-|gh[ous]_|github_pat_)/.test(text) ||
      /^:_authToken="?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
  },
);

/** A macaroon, version 2, for pypi.org: its first bytes are always these. */
const pypi = family(
  { vendor: 'PyPI', page: 'https://pypi.org/help/#apitoken' },
  {
    id: 'pypi-api-token',
    page: 'https://github.com/pypi/warehouse/blob/main/tests/functional/forklift/test_legacy.py',
    seen: '2026-11-22',
    name: 'API token',
    kind: 'token',
    reveals: 'the id of the token, and the project or user it is for',
    shape: token('pypi-AgEIcHlwaS5vcmc', chars(BASE64URL, 80, 300)),
  },
  {
    id: 'testpypi-api-token',
    page: 'https://github.com/pypi/warehouse/blob/main/tests/functional/forklift/test_legacy.py',
    seen: '2026-11-22',
    name: 'API token of TestPyPI',
    kind: 'token',
    reveals: 'the id of the token',
    shape: token('pypi-AgENdGVzdC5weXBpLm9yZw', chars(BASE64URL, 80, 300)),
  },
);

const docker = family(
  { vendor: 'Docker', page: 'https://docs.docker.com/security/access-tokens/' },
  { id: 'docker-pat', name: 'personal access token', kind: 'token', shape: token('dckr_pat_', chars(BASE64URL, 27)) },
  {
    id: 'docker-oat',
    name: 'organization access token',
    kind: 'token',
    page: 'https://docs.docker.com/enterprise/security/access-tokens/',
    shape: token('dckr_oat_', chars(BASE64URL, 32)),
  },
  {
    id: 'docker-config-auth',
    name: 'login of a registry in config.json',
    kind: 'password',
    page: 'https://docs.docker.com/reference/cli/docker/login/',
    reveals: 'the user',
    shape: around(
      ['"auth"'],
      '"auth"',
      optional(' '),
      ':',
      optional(' '),
      '"',
      madeBy(sequence(chars(BASE64, 16, 500), optional(oneOf('==', '='))), (chance) =>
        Buffer.from(`${chars('a-z', 6, 9).make(chance)}:${chars(BASE62, 12, 30).make(chance)}`).toString('base64'),
      ),
      '"',
    ),
    secret: (text) => [text.lastIndexOf('"', text.length - 2) + 1, text.length - 1],
    unless: (text) => !/^[!-~]+:[!-~]+$/.test(Buffer.from(text.split('"')[3]!, 'base64').toString('latin1')),
    entropy: 2.8,
  },
);

const jfrog = family(
  { vendor: 'JFrog', page: 'https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens' },
  {
    id: 'jfrog-api-key',
    name: 'API key of Artifactory',
    kind: 'api-key',
    basis: 'observed',
    shape: token('AKCp', chars(BASE62, 69)),
  },
  {
    id: 'jfrog-reference-token',
    name: 'reference token',
    kind: 'token',
    reveals: 'when it expires',
    basis: 'observed',
    shape: token('cmVmdGtu', chars(BASE62, 56)),
  },
  {
    id: 'jfrog-identity-token',
    name: 'identity token, by its name',
    kind: 'token',
    basis: 'observed',
    shape: assigned(
      names(['jfrog', 'artifactory'], 'password', 'api_key', 'token', 'access_token', 'identity_token'),
      chars(BASE62, 73),
    ),
  },
);

export const registries = [
  ...npm,
  ...pypi,
  ...docker,
  ...jfrog,
  ...family(
    { vendor: 'RubyGems', page: 'https://guides.rubygems.org/api-key-scopes/' },
    {
      id: 'rubygems-api-key',
      page: 'https://guides.rubygems.org/rubygems-org-api/',
      seen: '2026-11-22',
      name: 'API key',
      kind: 'api-key',
      shape: token('rubygems_', chars(LOWER_HEX, 48)),
    },
  ),
  ...family(
    {
      vendor: 'crates.io',
      page: 'https://github.com/rust-lang/crates.io/blob/main/crates/crates_io_database/src/utils/token.rs',
    },
    {
      id: 'cratesio-token',
      seen: '2026-11-22',
      name: 'API token',
      kind: 'token',
      shape: token('cio', chars(BASE62, 32)),
      unless: (text) => !/\d/.test(text),
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'NuGet', page: 'https://learn.microsoft.com/en-us/nuget/nuget-org/scoped-api-keys' },
    {
      id: 'nuget-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: token('oy2', chars('a-z2-7', 43)),
    },
  ),
  ...family(
    { vendor: 'Clojars', page: 'https://github.com/clojars/clojars-web/wiki/Deploy-Tokens' },
    {
      id: 'clojars-deploy-token',
      page: 'https://github.com/clojars/clojars-web/blob/main/src/clojars/db.clj',
      seen: '2026-11-22',
      name: 'deploy token',
      kind: 'token',
      shape: token('CLOJARS_', chars(LOWER_HEX, 60)),
    },
  ),
  ...family(
    { vendor: 'Hex', page: 'https://hex.pm/docs/publish' },
    {
      id: 'hex-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['hex', 'hexpm'], 'api_key', 'auth_key'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'Cloudsmith', page: 'https://help.cloudsmith.io/docs/api-key' },
    {
      id: 'cloudsmith-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['cloudsmith'], 'api_key', 'token', 'key'), chars(LOWER_HEX, 40)),
    },
  ),
  ...family(
    { vendor: 'Gemfury', page: 'https://gemfury.com/help/tokens/' },
    {
      id: 'gemfury-token',
      name: 'deploy or push token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        [...names(['gemfury', 'fury', 'bundle_gem_fury'], 'token', 'io', 'push_token', 'deploy_token', 'auth')],
        chars(BASE62, 20),
      ),
      entropy: 3,
    },
  ),
  ...family(
    { vendor: 'Packagecloud', page: 'https://packagecloud.io/docs' },
    {
      id: 'packagecloud-token',
      name: 'API token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['packagecloud'], 'token', 'api_token', 'api_key'), chars(LOWER_HEX, 48)),
    },
  ),
  ...family(
    { vendor: 'Packagist', page: 'https://packagist.com/docs/authentication' },
    {
      id: 'packagist-token',
      name: 'token of Private Packagist',
      kind: 'token',
      basis: 'observed',
      shape: token(oneOf('packagist_ort_', 'packagist_out_', 'packagist_uut_', 'packagist_oat_'), chars(LOWER_HEX, 68)),
    },
  ),
  ...family(
    { vendor: 'Unity', page: 'https://docs.unity.com/' },
    {
      id: 'unity-serial',
      name: 'licence serial',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(['unity'], 'serial', 'license_serial', 'serial_key'),
        oneOf('SC-', 'SB-', 'F3-', 'E3-', 'I3-'),
        chars(UPPER_ALNUM, 4),
        '-',
        chars(UPPER_ALNUM, 4),
        '-',
        chars(UPPER_ALNUM, 4),
        '-',
        chars(UPPER_ALNUM, 4),
        '-',
        chars(UPPER_ALNUM, 4),
      ),
      entropy: 3,
    },
  ),
  ...family(
    { vendor: 'Chef', page: 'https://docs.chef.io/automate/api_tokens/' },
    {
      id: 'chef-automate-token',
      name: 'API token of Automate',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(['chef', 'automate', 'chef_automate'], 'api_token', 'automate_token', 'token'),
        chars(BASE64, 42, 44),
        oneOf('=', ''),
      ),
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'Nexus', page: 'https://help.sonatype.com/en/user-tokens.html' },
    {
      id: 'nexus-user-token',
      name: 'pass code of a user token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(['nexus', 'sonatype', 'ossrh', 'central'], 'token_password', 'token_pass', 'pass_code'),
        chars(BASE64, 43, 44),
      ),
      entropy: 3.8,
    },
    {
      id: 'nexus-nuget-key',
      name: 'NuGet API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['nexus', 'nuget'], 'api_key', 'apikey'), oneOf(uuid(), chars(LOWER_ALNUM, 46))),
    },
  ),
];
