import { kubernetesAccount, kubernetesUid, vendorAccount, vendorKey } from '../domain/identifiers.js';
import type { AccountSeen, GrantSeen, HeldCredential } from '../domain/observation.js';
import { accountSeen, environmentIn, held, told } from './accounts.js';
import { fieldsAt, instantAt, listAt, textAt, textsAt } from './fields.js';

interface Rule {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly names: readonly string[];
}

interface Binding {
  readonly name: string;
  /** Null for all of the cluster. */
  readonly namespace: string | null;
  readonly role: string;
  readonly clusterRole: boolean;
  readonly subjects: readonly Subject[];
}

interface Subject {
  readonly kind: 'Group' | 'ServiceAccount' | 'User';
  readonly name: string;
  readonly namespace: string | null;
}

interface Account extends Subject {
  readonly path: string;
  readonly createdAt: string | null;
  readonly uid: string | null;
  readonly more: Readonly<Record<string, string>>;
  readonly credentials: HeldCredential[];
}

/** More objects than a cluster holds. */
const MOST_OBJECTS = 200_000;
const EVERYTHING: readonly Rule[] = [{ verbs: ['*'], groups: ['*'], resources: ['*'], names: [] }];
/** Every cluster has them, whether or not somebody writes them down (“User-facing roles”). */
const BUILT_IN: Readonly<Record<string, readonly Rule[]>> = {
  'cluster-admin': EVERYTHING,
  admin: [{ verbs: ['*'], groups: [''], resources: ['*'], names: [] }],
  edit: [{ verbs: ['create', 'delete', 'get', 'list', 'patch', 'update'], groups: [''], resources: ['*'], names: [] }],
  view: [{ verbs: ['get', 'list', 'watch'], groups: [''], resources: ['*'], names: [] }],
};
const CLOUD_ANNOTATIONS: Readonly<Record<string, string>> = {
  'eks.amazonaws.com/role-arn': 'awsRole',
  'iam.gke.io/gcp-service-account': 'googleServiceAccount',
  'azure.workload.identity/client-id': 'azureClientId',
};

/**
 * Service accounts of a cluster with what they may do, from objects as its API gives them or as manifests hold them, in whatever order
 * they come. What Secrets hold is not looked at here.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export class KubernetesObjects {
  private readonly accounts = new Map<string, Account>();
  private readonly roles = new Map<string, readonly Rule[]>();
  private readonly bindings: Binding[] = [];
  private readonly tokens: { readonly namespace: string; readonly account: string; readonly token: HeldCredential }[] =
    [];
  count = 0;

  /** @param cluster as its owner calls it */
  constructor(private readonly cluster: string) {}

  /**
   * @param object one, or a list of some; others than those that say who may do what are passed over
   * @param kind of the objects of a list, whose members do not say it themselves
   */
  take(object: unknown, path: string, kind = textAt(object, 'kind')): void {
    if (kind?.endsWith('List') === true)
      return listAt(object, 'items').forEach((item) =>
        this.take(item, path, textAt(item, 'kind') ?? kind.slice(0, -4)),
      );
    if (kind === null || !Object.hasOwn(TAKES, kind) || ++this.count > MOST_OBJECTS) return;
    const [name, namespace] = [textAt(object, 'metadata', 'name'), textAt(object, 'metadata', 'namespace')];
    if (name !== null) TAKES[kind as keyof typeof TAKES](this, object, name, namespace, path);
  }

  takeAccount(object: unknown, name: string, namespace: string | null, path: string): void {
    const annotations = fieldsAt(object, 'metadata', 'annotations');
    const cloud = Object.entries(CLOUD_ANNOTATIONS).map(([key, fact]) => [fact, textAt(annotations, key)] as const);
    const automounts = fieldsAt(object)['automountServiceAccountToken'];
    this.known({ kind: 'ServiceAccount', name, namespace: namespace ?? 'default' }, path, {
      createdAt: instantAt(object, 'metadata', 'creationTimestamp'),
      uid: textAt(object, 'metadata', 'uid'),
      more: told({ ...Object.fromEntries(cloud), automountsToken: automounts === false ? 'no' : null }),
    });
  }

  takeRole(object: unknown, name: string, namespace: string | null): void {
    const rules = listAt(object, 'rules').map((rule) => ({
      verbs: textsAt(rule, 'verbs'),
      groups: textsAt(rule, 'apiGroups'),
      resources: [...textsAt(rule, 'resources'), ...textsAt(rule, 'nonResourceURLs')],
      names: textsAt(rule, 'resourceNames'),
    }));
    this.roles.set(roleKey(name, namespace), rules);
  }

  takeBinding(object: unknown, name: string, namespace: string | null): void {
    const role = textAt(object, 'roleRef', 'name');
    if (role === null) return;
    const clusterRole = textAt(object, 'roleRef', 'kind') === 'ClusterRole';
    const subjects = listAt(object, 'subjects').flatMap((subject): Subject[] => {
      const [kind, of, within] = [textAt(subject, 'kind'), textAt(subject, 'name'), textAt(subject, 'namespace')];
      if (of === null || (kind !== 'ServiceAccount' && kind !== 'User' && kind !== 'Group')) return [];
      return [{ kind, name: of, namespace: kind === 'ServiceAccount' ? (within ?? namespace ?? 'default') : null }];
    });
    this.bindings.push({ name, namespace, role, clusterRole, subjects });
  }

  /** A token that never ends (“Manually create a long-lived API token”). */
  takeSecret(object: unknown, name: string, namespace: string | null): void {
    const account = textAt(object, 'metadata', 'annotations', 'kubernetes.io/service-account.name');
    if (textAt(object, 'type') !== 'kubernetes.io/service-account-token' || account === null) return;
    const within = namespace ?? 'default';
    const token = held({
      keyId: vendorKey('kubernetes', `${this.cluster}/${within}/${name}`),
      createdAt: instantAt(object, 'metadata', 'creationTimestamp'),
    });
    this.tokens.push({ namespace: within, account, token });
  }

  /** Every account that was named, once all objects are known. */
  *seen(): Iterable<AccountSeen> {
    for (const { name, namespace, subjects } of this.bindings)
      for (const subject of subjects)
        this.known(subject, `${namespace === null ? 'ClusterRoleBinding' : `RoleBinding/${namespace}`}/${name}`);
    for (const { namespace, account, token } of this.tokens) {
      const subject: Subject = { kind: 'ServiceAccount', name: account, namespace };
      this.known(subject, `Secret/${namespace}`).credentials.push(token);
    }
    for (const account of this.accounts.values()) yield this.accountOf(account);
  }

  private known(subject: Subject, path: string, more: Partial<Account> = {}): Account {
    const key = `${subject.kind} ${subject.namespace ?? ''} ${subject.name}`;
    const before = this.accounts.get(key);
    if (before && Object.keys(more).length === 0) return before;
    const account = {
      ...subject,
      path,
      createdAt: null,
      uid: null,
      more: {},
      credentials: before?.credentials ?? [],
      ...more,
    };
    this.accounts.set(key, account);
    return account;
  }

  private accountOf(account: Account): AccountSeen {
    const bindings = this.bindings.filter(({ subjects }) => subjects.some((subject) => includes(subject, account)));
    const grants = bindings.flatMap((binding) => this.grantsOf(binding));
    const isService = account.kind === 'ServiceAccount';
    return accountSeen({
      system: `kubernetes ${this.cluster.toLowerCase()}`,
      accountKind: isService ? 'service-account' : account.kind === 'Group' ? 'role' : 'user',
      name: isService ? `${account.namespace}/${account.name}` : account.name,
      identifiers: this.namesOf(account),
      path: account.path,
      grants,
      credentials: account.credentials,
      facts: {
        createdAt: account.createdAt,
        privileged: bindings.some((binding) => this.isPrivileged(binding)),
        human: isService ? false : null,
        environment: environmentIn(account.namespace, this.cluster),
        more: { ...account.more, ...(account.kind === 'Group' && { group: 'yes' }) },
      },
    });
  }

  private namesOf({ kind, name, namespace, uid }: Account): readonly [string, ...string[]] {
    if (kind !== 'ServiceAccount') return [vendorAccount('kubernetes', `${this.cluster}/${kind.toLowerCase()}`, name)];
    const own = kubernetesAccount(this.cluster, namespace!, name);
    return uid === null ? [own] : [own, kubernetesUid(uid)];
  }

  private rulesOf({ role, clusterRole, namespace }: Binding): readonly Rule[] | undefined {
    const known = this.roles.get(roleKey(role, clusterRole ? null : namespace));
    return known ?? (clusterRole && Object.hasOwn(BUILT_IN, role) ? BUILT_IN[role] : undefined);
  }

  private grantsOf(binding: Binding): readonly GrantSeen[] {
    const { role, clusterRole, namespace } = binding;
    const through = `${clusterRole ? 'ClusterRole' : 'Role'} ${role}`;
    const where = namespace ?? '*';
    const rules = this.rulesOf(binding);
    // A role that nobody showed: that it has it is known, and not what is in it.
    if (!rules) return [{ privilege: `role:${role}`, resource: where, through }];
    return rules.flatMap(({ verbs, groups, resources, names }) =>
      resources.flatMap((resource) =>
        verbs.map((privilege) => ({ privilege, resource: resourceName(where, groups, resource, names), through })),
      ),
    );
  }

  /** Everything in the cluster, or the means to it: others' tokens, other roles, other names. */
  private isPrivileged(binding: Binding): boolean {
    const rules = this.rulesOf(binding) ?? [];
    return rules.some(({ verbs, resources, names }) => {
      const all = verbs.includes('*');
      const may = (...wanted: readonly string[]) => all || wanted.some((verb) => verbs.includes(verb));
      const on = (...wanted: readonly string[]) =>
        resources.includes('*') || wanted.some((resource) => resources.includes(resource));
      if (may('escalate', 'bind', 'impersonate') && names.length === 0) return true;
      if (binding.namespace !== null || names.length > 0) return false;
      return (
        (all && resources.includes('*')) ||
        (may('get', 'list', 'watch') && on('secrets')) ||
        (may('create', 'update', 'patch') &&
          on('clusterrolebindings', 'clusterroles', 'rolebindings', 'serviceaccounts/token'))
      );
    });
  }
}

const TAKES = {
  ServiceAccount: (all: KubernetesObjects, ...one: Parameters<KubernetesObjects['takeAccount']>) =>
    all.takeAccount(...one),
  Role: (all: KubernetesObjects, object: unknown, name: string, namespace: string | null) =>
    all.takeRole(object, name, namespace ?? 'default'),
  ClusterRole: (all: KubernetesObjects, object: unknown, name: string) => all.takeRole(object, name, null),
  RoleBinding: (all: KubernetesObjects, object: unknown, name: string, namespace: string | null) =>
    all.takeBinding(object, name, namespace ?? 'default'),
  ClusterRoleBinding: (all: KubernetesObjects, object: unknown, name: string) => all.takeBinding(object, name, null),
  Secret: (all: KubernetesObjects, object: unknown, name: string, namespace: string | null) =>
    all.takeSecret(object, name, namespace),
} as const;

function roleKey(name: string, namespace: string | null): string {
  return `${namespace ?? '*'}/${name}`;
}

/** Whether a binding to that subject is one of this account: its own, or that of a group that it is in by its namespace. */
function includes(subject: Subject, { kind, name, namespace }: Subject): boolean {
  if (subject.kind === kind) return subject.name === name && subject.namespace === namespace;
  if (subject.kind !== 'Group' || kind !== 'ServiceAccount') return false;
  return [`system:serviceaccounts:${namespace}`, 'system:serviceaccounts', 'system:authenticated'].includes(
    subject.name,
  );
}

function resourceName(where: string, groups: readonly string[], resource: string, names: readonly string[]): string {
  const group = groups.find((one) => one !== '');
  const full = group === undefined || resource === '*' ? resource : `${group}/${resource}`;
  const named = names.length > 0 ? `${full}:${names.slice(0, 8).join(',')}` : full;
  return where === '*' ? (named === '*' ? '*' : `*/${named}`) : `${where}/${named}`;
}
