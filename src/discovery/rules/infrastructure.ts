import {
  BASE62,
  BASE64,
  BASE64URL,
  chars,
  LOWER_ALNUM,
  LOWER_HEX,
  oneOf,
  optional,
  sequence,
  uuid,
} from '../domain/grammar.js';
import { around, assigned, family, glued, names, token } from './family.js';

const vault = family(
  { vendor: 'HashiCorp Vault', page: 'https://developer.hashicorp.com/vault/docs/concepts/tokens' },
  {
    id: 'vault-service-token',
    seen: '2026-11-22',
    name: 'service token',
    kind: 'token',
    shape: token('hvs.', chars(BASE64URL, 24, 300)),
    entropy: 3.5,
  },
  {
    id: 'vault-batch-token',
    seen: '2026-11-22',
    name: 'batch token',
    kind: 'token',
    shape: token('hvb.', chars(BASE64URL, 24, 400)),
    entropy: 3.5,
  },
  {
    id: 'vault-recovery-token',
    seen: '2026-11-22',
    name: 'recovery token',
    kind: 'token',
    shape: token('hvr.', chars(BASE64URL, 24, 300)),
    entropy: 3.5,
  },
  {
    id: 'vault-service-token-old',
    seen: '2026-11-22',
    name: 'service token from before 1.10',
    kind: 'token',
    shape: assigned(
      names(['vault'], 'token', 'root_token', 'dev_root_token_id'),
      oneOf('s.', 'b.', 'r.'),
      chars(BASE62, 24, 200),
    ),
    entropy: 3.3,
  },
  {
    id: 'vault-header-token',
    name: 'token in a header',
    kind: 'token',
    page: 'https://developer.hashicorp.com/vault/api-docs',
    shape: assigned(['x_vault_token'], oneOf('s.', 'b.', 'r.'), chars(BASE62, 24, 200)),
    entropy: 3.3,
  },
  {
    id: 'vault-unseal-key',
    name: 'unseal key',
    kind: 'private-key',
    page: 'https://developer.hashicorp.com/vault/docs/commands/operator/init',
    shape: around(
      ['Unseal Key ', 'Recovery Key '],
      oneOf('Unseal Key ', 'Recovery Key '),
      chars('0-9', 1, 2),
      ': ',
      oneOf(chars(BASE64, 44), chars(LOWER_HEX, 66), sequence(chars(BASE64, 43), '=')),
    ),
    secret: (text) => [text.indexOf(':') + 2, text.length],
    entropy: 3.5,
  },
  {
    id: 'vault-secret-id',
    name: 'secret id of an AppRole',
    kind: 'client-secret',
    page: 'https://developer.hashicorp.com/vault/docs/auth/approle',
    shape: assigned(names(['vault', 'approle', 'vault_approle'], 'secret_id', 'secretid'), uuid()),
  },
);

const hashicorp = family(
  {
    vendor: 'HashiCorp',
    page: 'https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens',
  },
  {
    id: 'terraform-cloud-token',
    name: 'API token of HCP Terraform',
    kind: 'token',
    basis: 'observed',
    reveals: 'the id of the token',
    shape: around(['.atlasv1.'], chars(BASE62, 14), '.atlasv1.', chars(BASE62, 60, 70)),
  },
  {
    id: 'consul-token',
    name: 'ACL token of Consul',
    kind: 'token',
    page: 'https://developer.hashicorp.com/consul/docs/security/acl/tokens',
    shape: assigned(
      [...names(['consul'], 'http_token', 'token', 'acl_token', 'master_token'), 'x_consul_token'],
      uuid(),
    ),
  },
  {
    id: 'nomad-token',
    name: 'ACL token of Nomad',
    kind: 'token',
    page: 'https://developer.hashicorp.com/nomad/docs/secure/acl/tokens',
    shape: assigned([...names(['nomad'], 'token', 'acl_token', 'bootstrap_token'), 'x_nomad_token'], uuid()),
  },
  {
    id: 'boundary-token',
    name: 'auth token of Boundary',
    kind: 'token',
    page: 'https://developer.hashicorp.com/boundary/docs/concepts/domain-model/sessions',
    basis: 'observed',
    shape: token('at_', chars(BASE62, 10), '_', chars(BASE62, 60, 300)),
  },
  {
    id: 'hcp-client-secret',
    name: 'client secret of HCP',
    kind: 'client-secret',
    page: 'https://developer.hashicorp.com/hcp/docs/hcp/iam/service-principal/key',
    basis: 'observed',
    shape: assigned(names(['hcp'], 'client_secret'), chars(BASE64URL, 64)),
    entropy: 4,
  },
);

const doppler = family(
  { vendor: 'Doppler', page: 'https://docs.doppler.com/reference/auth-token-formats' },
  { id: 'doppler-cli-token', name: 'CLI token', kind: 'token', shape: token('dp.ct.', chars(BASE62, 40, 44)) },
  {
    id: 'doppler-personal-token',
    name: 'personal token',
    kind: 'token',
    shape: token('dp.pt.', chars(BASE62, 40, 44)),
  },
  {
    id: 'doppler-service-token',
    name: 'service token',
    kind: 'token',
    reveals: 'the configuration',
    shape: token('dp.st.', optional(sequence(chars(`${LOWER_ALNUM}_\\-`, 2, 35), '.')), chars(BASE62, 40, 44)),
  },
  {
    id: 'doppler-service-account-token',
    name: 'service account token',
    kind: 'token',
    shape: token('dp.sa.', chars(BASE62, 40, 44)),
  },
  { id: 'doppler-scim-token', name: 'SCIM token', kind: 'token', shape: token('dp.scim.', chars(BASE62, 40, 44)) },
  { id: 'doppler-audit-token', name: 'audit token', kind: 'token', shape: token('dp.audit.', chars(BASE62, 40, 44)) },
);

const tailscale = family(
  { vendor: 'Tailscale', page: 'https://tailscale.com/kb/1277/key-prefixes' },
  ...(
    [
      ['api', 'API access token'],
      ['auth', 'pre-authentication key'],
      ['client', 'OAuth client secret'],
      ['scim', 'SCIM key'],
      ['webhook', 'webhook secret'],
    ] as const
  ).map(([kind, name]) => ({
    id: `tailscale-${kind}-key`,
    name,
    kind: kind === 'webhook' ? ('signing-secret' as const) : ('token' as const),
    reveals: 'the id of the key',
    shape: token(`tskey-${kind}-`, chars(BASE62, 10, 20), '-', chars(BASE62, 18, 40)),
  })),
);

const pulumi = family(
  { vendor: 'Pulumi', page: 'https://www.pulumi.com/docs/administration/access-identity/access-tokens/' },
  {
    id: 'pulumi-access-token',
    name: 'access token',
    kind: 'token',
    basis: 'observed',
    shape: token('pul-', chars(LOWER_HEX, 40)),
  },
);

const kubernetes = family(
  { vendor: 'Kubernetes', page: 'https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/' },
  {
    id: 'kubernetes-bootstrap-token',
    seen: '2026-11-22',
    name: 'bootstrap token',
    kind: 'token',
    reveals: 'the id of the token',
    shape: assigned(
      ['bootstrap_token', 'kubeadm_token', 'discovery_token', 'kubernetes_token', 'join_token'],
      chars(LOWER_ALNUM, 6),
      '.',
      chars(LOWER_ALNUM, 16),
    ),
    entropy: 3,
    unless: (text) => !/\d/.test(text.slice(7)),
  },
  {
    id: 'kubernetes-join-command',
    name: 'bootstrap token of a join command',
    kind: 'token',
    page: 'https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-join/',
    reveals: 'the id of the token',
    shape: around(['--token '], '--token ', chars(LOWER_ALNUM, 6), '.', chars(LOWER_ALNUM, 16)),
    secret: (text) => [8, text.length],
    entropy: 3,
  },
  {
    id: 'kubernetes-encryption-key',
    name: 'key that encrypts secrets at rest',
    kind: 'private-key',
    page: 'https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/',
    shape: around(
      ['secret: '],
      oneOf('- name: key1\n      secret: ', '- name: key2\n      secret: ', '- name: key1\n          secret: '),
      chars(BASE64, 43),
      '=',
    ),
    secret: (text) => [text.length - 44, text.length],
    entropy: 4,
  },
  {
    id: 'openshift-token',
    vendor: 'OpenShift',
    name: 'OAuth access token',
    kind: 'token',
    page: 'https://docs.redhat.com/en/documentation/openshift_container_platform/4.17/html/authentication_and_authorization/',
    shape: token('sha256~', chars(BASE64URL, 43)),
  },
  {
    id: 'rancher-api-key',
    vendor: 'Rancher',
    name: 'API key',
    kind: 'api-key',
    page: 'https://ranchermanager.docs.rancher.com/reference-guides/user-settings/api-keys',
    reveals: 'the id of the key',
    shape: token('token-', chars(LOWER_ALNUM, 5), ':', chars('b-df-hj-np-tv-z2-9', 54)),
  },
  {
    id: 'k3s-token',
    vendor: 'K3s',
    name: 'server or agent token',
    kind: 'token',
    page: 'https://docs.k3s.io/cli/token',
    reveals: 'the hash of the authority of the cluster',
    shape: token('K10', chars(LOWER_HEX, 64), '::', oneOf('server:', 'node:', 'agent:'), chars(BASE62, 32, 64)),
  },
  {
    id: 'docker-swarm-join-token',
    page: 'https://github.com/moby/swarmkit/blob/master/ca/config.go',
    seen: '2026-11-22',
    vendor: 'Docker',
    name: 'join token of a swarm',
    kind: 'token',
    reveals: 'the hash of the authority of the swarm',
    shape: token('SWMTKN-1-', chars(LOWER_ALNUM, 50), '-', chars(LOWER_ALNUM, 25)),
  },
  {
    id: 'docker-swarm-unlock-key',
    vendor: 'Docker',
    name: 'unlock key of a swarm',
    kind: 'private-key',
    page: 'https://docs.docker.com/engine/swarm/swarm_manager_locking/',
    shape: token('SWMKEY-1-', chars(BASE64, 43)),
  },
  {
    id: 'portainer-access-token',
    vendor: 'Portainer',
    name: 'access token',
    kind: 'token',
    page: 'https://docs.portainer.io/api/access',
    shape: token('ptr_', chars(BASE64, 43), optional('=')),
    entropy: 4,
  },
  {
    id: 'talos-secret',
    vendor: 'Talos',
    name: 'bootstrap token of a machine',
    kind: 'token',
    page: 'https://www.talos.dev/latest/reference/configuration/',
    basis: 'observed',
    shape: assigned(
      ['trustd_token', 'machine_token', 'trustdinfo_token'],
      chars(LOWER_ALNUM, 6),
      '.',
      chars(LOWER_ALNUM, 16),
    ),
    entropy: 3,
  },
);

const ci = [
  ...family(
    { vendor: 'Buildkite', page: 'https://buildkite.com/docs/platform/security/tokens' },
    {
      id: 'buildkite-api-token',
      seen: '2026-11-22',
      name: 'API access token',
      kind: 'token',
      shape: token('bkua_', chars(LOWER_HEX, 40)),
    },
    {
      id: 'buildkite-agent-session-token',
      seen: '2026-11-22',
      name: 'agent session token',
      kind: 'session',
      shape: token('bkaa_', chars(BASE62, 40, 80)),
    },
    {
      id: 'buildkite-agent-job-token',
      seen: '2026-11-22',
      name: 'agent job token',
      kind: 'session',
      shape: token('bkaj_', chars(`${BASE64URL}.`, 40, 1000)),
    },
    {
      id: 'buildkite-cluster-token',
      seen: '2026-11-22',
      name: 'agent token of a cluster',
      kind: 'token',
      shape: token('bkct_', chars(BASE64URL, 40, 60)),
    },
    {
      id: 'buildkite-agent-token-old',
      name: 'agent token',
      kind: 'token',
      basis: 'observed',
      page: 'https://buildkite.com/docs/agent/v3/tokens',
      shape: assigned(names(['buildkite', 'buildkite_agent'], 'agent_token', 'token'), chars(LOWER_HEX, 50)),
    },
  ),
  ...family(
    { vendor: 'CircleCI', page: 'https://circleci.com/docs/managing-api-tokens/' },
    {
      id: 'circleci-personal-token',
      name: 'personal API token',
      kind: 'token',
      basis: 'observed',
      shape: token('CCIPAT_', chars(BASE62, 22), '_', chars(LOWER_HEX, 40)),
    },
    {
      id: 'circleci-project-token',
      name: 'project API token',
      kind: 'token',
      basis: 'observed',
      shape: token('CCIPRJ_', chars(BASE62, 22), '_', chars(LOWER_HEX, 40)),
    },
    {
      id: 'circleci-token-old',
      name: 'API token without a mark',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        [...names(['circleci', 'circle', 'circle_ci'], 'token', 'api_token', 'api_key', 'cli_token')],
        chars(LOWER_HEX, 40),
      ),
    },
  ),
  ...family(
    { vendor: 'Travis CI', page: 'https://docs.travis-ci.com/user/triggering-builds/' },
    {
      id: 'travis-token',
      name: 'API token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(['travis', 'travis_ci'], 'token', 'api_token', 'access_token', 'api_key'),
        chars(BASE64URL, 22),
      ),
      entropy: 3.2,
    },
  ),
  ...family(
    { vendor: 'Codecov', page: 'https://docs.codecov.com/docs/codecov-tokens' },
    {
      id: 'codecov-upload-token',
      name: 'upload token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['codecov'], 'token', 'upload_token'), uuid()),
    },
  ),
  ...family(
    { vendor: 'Coveralls', page: 'https://docs.coveralls.io/' },
    {
      id: 'coveralls-repo-token',
      name: 'repository token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['coveralls'], 'repo_token', 'token'), chars(BASE62, 32)),
      entropy: 3.6,
    },
  ),
  ...family(
    { vendor: 'Drone', page: 'https://docs.drone.io/server/reference/' },
    {
      id: 'drone-rpc-secret',
      name: 'shared secret of server and runners',
      kind: 'signing-secret',
      shape: assigned(names(['drone'], 'rpc_secret', 'secret'), chars(LOWER_HEX, 32)),
    },
    {
      id: 'drone-token',
      name: 'token of a user',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['drone'], 'token'), chars(BASE62, 32)),
      entropy: 3.6,
    },
  ),
  ...family(
    { vendor: 'SonarQube', page: 'https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/' },
    {
      id: 'sonarqube-user-token',
      name: 'user token',
      kind: 'token',
      basis: 'observed',
      shape: token('squ_', chars(LOWER_HEX, 40)),
    },
    {
      id: 'sonarqube-project-token',
      name: 'project analysis token',
      kind: 'token',
      basis: 'observed',
      shape: token('sqp_', chars(LOWER_HEX, 40)),
    },
    {
      id: 'sonarqube-global-token',
      name: 'global analysis token',
      kind: 'token',
      basis: 'observed',
      shape: token('sqa_', chars(LOWER_HEX, 40)),
    },
    {
      id: 'sonarqube-token-old',
      name: 'token without a mark',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        [...names(['sonar', 'sonarqube', 'sonarcloud'], 'token', 'login', 'api_token', 'auth_token')],
        chars(LOWER_HEX, 40),
      ),
    },
  ),
  ...family(
    { vendor: 'Snyk', page: 'https://docs.snyk.io/snyk-api/authentication-for-api' },
    {
      id: 'snyk-token',
      name: 'API token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['snyk'], 'token', 'api_token', 'api_key', 'key', 'oauth_token'), uuid()),
    },
  ),
  ...family(
    { vendor: 'Semgrep', page: 'https://semgrep.dev/docs/deployment/add-semgrep-to-ci' },
    {
      id: 'semgrep-app-token',
      name: 'app token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['semgrep'], 'app_token', 'token', 'api_token'), chars(LOWER_HEX, 64)),
    },
  ),
  ...family(
    { vendor: 'Sourcegraph', page: 'https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token' },
    {
      id: 'sourcegraph-access-token',
      name: 'access token',
      kind: 'token',
      reveals: 'the instance',
      shape: token('sgp_', oneOf(sequence(oneOf(chars(LOWER_HEX, 16), 'local'), '_'), ''), chars(LOWER_HEX, 40)),
    },
    {
      id: 'sourcegraph-dotcom-token',
      name: 'user gateway token',
      kind: 'token',
      basis: 'observed',
      shape: token('sgd_', chars(LOWER_HEX, 64)),
    },
    {
      id: 'sourcegraph-license-token',
      name: 'license access token',
      kind: 'token',
      basis: 'observed',
      shape: token('slk_', chars(LOWER_HEX, 64)),
    },
  ),
  ...family(
    { vendor: 'Prefect', page: 'https://docs.prefect.io/v3/how-to-guides/cloud/manage-users/api-keys' },
    { id: 'prefect-user-key', name: 'API key of a user', kind: 'api-key', shape: token('pnu_', chars(BASE62, 36)) },
    {
      id: 'prefect-bot-key',
      name: 'API key of a service account',
      kind: 'api-key',
      shape: token('pnb_', chars(BASE62, 36)),
    },
  ),
  ...family(
    { vendor: 'Infracost', page: 'https://www.infracost.io/docs/' },
    {
      id: 'infracost-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: token('ico-', chars(BASE62, 32)),
    },
  ),
  ...family(
    { vendor: 'Spacelift', page: 'https://docs.spacelift.io/integrations/api' },
    {
      id: 'spacelift-api-secret',
      name: 'secret of an API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['spacelift'], 'api_key_secret', 'api_secret'), chars(LOWER_HEX, 64)),
    },
  ),
  ...family(
    {
      vendor: 'Jenkins',
      page: 'https://www.jenkins.io/doc/book/system-administration/authenticating-scripted-clients/',
    },
    {
      id: 'jenkins-api-token',
      name: 'API token of a user',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(['jenkins', 'jenkins_user', 'jenkins_api'], 'token', 'api_token', 'api_key'),
        '11',
        chars(LOWER_HEX, 32),
      ),
    },
  ),
  ...family(
    { vendor: 'Octopus Deploy', page: 'https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key' },
    {
      id: 'octopus-api-key',
      name: 'API key',
      kind: 'api-key',
      shape: token('API-', chars('0-9A-Z', 26, 36)),
      unless: (text) => !/\d/.test(text),
      entropy: 3,
    },
  ),
  ...family(
    { vendor: 'Expo', page: 'https://docs.expo.dev/accounts/programmatic-access/' },
    {
      id: 'expo-access-token',
      name: 'access token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['expo'], 'token', 'access_token'), chars(BASE64URL, 40)),
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'Bitrise', page: 'https://devcenter.bitrise.io/en/accounts/personal-access-tokens.html' },
    {
      id: 'bitrise-token',
      name: 'personal access token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['bitrise'], 'token', 'api_token', 'access_token'), chars(BASE64URL, 86)),
      entropy: 4.3,
    },
  ),
  ...family(
    { vendor: 'Gitea', page: 'https://docs.gitea.com/development/api-usage' },
    {
      id: 'gitea-token',
      name: 'access token',
      kind: 'token',
      shape: assigned(
        names(['gitea', 'forgejo', 'codeberg'], 'token', 'api_token', 'access_token', 'api_key'),
        chars(LOWER_HEX, 40),
      ),
    },
    {
      id: 'gitea-runner-token',
      name: 'registration token of a runner',
      kind: 'token',
      basis: 'observed',
      page: 'https://docs.gitea.com/usage/actions/act-runner',
      shape: assigned(
        names(['gitea', 'gitea_runner', 'forgejo'], 'runner_registration_token', 'runner_token', 'registration_token'),
        chars(BASE62, 40),
      ),
      entropy: 3.8,
    },
  ),
];

const wireguard = family(
  { vendor: 'WireGuard', page: 'https://www.wireguard.com/quickstart/' },
  {
    id: 'wireguard-private-key',
    name: 'private key',
    kind: 'private-key',
    reveals: 'the public key',
    page: 'https://man7.org/linux/man-pages/man8/wg.8.html',
    shape: assigned(
      ['private_key', 'wg_private_key', 'wireguard_private_key'],
      chars(BASE64, 42),
      chars('AEIMQUYcgkosw048', 1),
      '=',
    ),
    entropy: 4,
  },
  {
    id: 'wireguard-preshared-key',
    name: 'preshared key',
    kind: 'private-key',
    page: 'https://man7.org/linux/man-pages/man8/wg.8.html',
    shape: assigned(['preshared_key', 'wg_preshared_key'], chars(BASE64, 42), chars('AEIMQUYcgkosw048', 1), '='),
    entropy: 4,
  },
);

const nats = family(
  { vendor: 'NATS', page: 'https://docs.nats.io/running-a-nats-service/nats_admin/security/jwt' },
  ...(
    [
      ['user', 'SUA', 'https://docs.nats.io/running-a-nats-service/nats_admin/security/jwt'],
      ['account', 'SAA', 'https://docs.nats.io/running-a-nats-service/nats_admin/security/jwt'],
      ['operator', 'SOA', 'https://docs.nats.io/using-nats/nats-tools/nsc/basics'],
    ] as const
  ).map(([kind, head, page]) => ({
    id: `nats-${kind}-seed`,
    page,
    seen: '2026-11-22',
    name: `seed of ${kind === 'user' ? 'a user' : `an ${kind}`}`,
    kind: 'private-key' as const,
    reveals: 'the public key',
    shape: token(head, chars('A-Z2-7', 55)),
    entropy: 3.3,
  })),
);

export const infrastructure = [
  ...vault,
  ...hashicorp,
  ...doppler,
  ...tailscale,
  ...pulumi,
  ...kubernetes,
  ...ci,
  ...wireguard,
  ...nats,
  ...family(
    { vendor: 'ngrok', page: 'https://ngrok.com/docs/agent/config/v3/' },
    {
      id: 'ngrok-authtoken',
      name: 'authtoken',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        ['ngrok_authtoken', 'ngrok_auth_token', 'ngrok_token'],
        chars('0-9a-zA-Z', 27),
        '_',
        chars(BASE62, 20, 22),
      ),
      entropy: 3.8,
    },
    {
      id: 'ngrok-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(['ngrok_api_key'], chars('0-9a-zA-Z', 27), '_', chars(BASE62, 20, 22)),
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'ZeroTier', page: 'https://docs.zerotier.com/central/v1/' },
    {
      id: 'zerotier-token',
      name: 'API access token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['zerotier', 'zt'], 'token', 'api_token', 'central_token', 'api_key'), chars(BASE62, 32)),
      entropy: 3.6,
    },
  ),
  ...family(
    { vendor: 'Cisco Meraki', page: 'https://developer.cisco.com/meraki/api-v1/authorization/' },
    {
      id: 'meraki-api-key',
      name: 'API key of the Dashboard',
      kind: 'api-key',
      shape: assigned(
        [
          ...names(['meraki', 'meraki_dashboard'], 'api_key', 'dashboard_api_key', 'key', 'token'),
          'x_cisco_meraki_api_key',
        ],
        chars(LOWER_HEX, 40),
      ),
    },
  ),
  ...family(
    { vendor: 'Infisical', page: 'https://infisical.com/docs/documentation/platform/token' },
    {
      id: 'infisical-service-token',
      name: 'service token',
      kind: 'token',
      shape: token('st.', chars(LOWER_HEX, 24), '.', chars(LOWER_HEX, 32), '.', chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'Akeyless', page: 'https://docs.akeyless.io/docs/api-key' },
    {
      id: 'akeyless-access-key',
      name: 'access key',
      kind: 'access-key',
      basis: 'observed',
      shape: assigned(names(['akeyless'], 'access_key', 'api_key', 'secret_key'), chars(BASE64, 43), '='),
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'OpenVPN', page: 'https://openvpn.net/community-resources/reference-manual-for-openvpn-2-6/' },
    {
      id: 'openvpn-static-key',
      name: 'static key',
      kind: 'private-key',
      shape: glued(
        '-----BEGIN OpenVPN Static key V1-----',
        chars(`${LOWER_HEX}\\s`, 500, 700),
        '-----END OpenVPN Static key V1-----',
      ),
    },
  ),
  ...family(
    { vendor: 'crypt', page: 'https://man7.org/linux/man-pages/man5/crypt.5.html' },
    {
      id: 'crypt-hash',
      name: 'hash of a password (shadow)',
      kind: 'password',
      shape: token(
        oneOf('$6$', '$5$'),
        optional(sequence('rounds=', chars('0-9', 4, 7), '$')),
        chars(`${BASE62}./`, 8, 16),
        '$',
        chars(`${BASE62}./`, 43, 86),
      ),
      entropy: 3.5,
    },
  ),
];
