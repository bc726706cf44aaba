import { describe, expect, it } from '@jest/globals';
import { stepsFor } from './steps.js';
import type { QueuedFinding } from './finding.js';

/** What people are told to do, of names that whoever wrote a scanned file chose. */

const DEFAULT = 'Have Vendor end the account: its own console says how';

function endOf(named: string): string {
  const thing = { accounts: [], marks: [], vendor: 'Vendor', name: 'account', lastFour: null };
  const resolution = { named, identityId: null };
  return stepsFor({ thing, resolution, exposedCount: 0 } as unknown as QueuedFinding)[0]!;
}

describe('a step', () => {
  it.each([
    ['aws:029608264753:user/bots/ci', 'aws iam list-access-keys --user-name ci'],
    ['google:ci@prod.iam.gserviceaccount.com', 'keys list --iam-account ci@prod.iam.gserviceaccount.com'],
    ['postgresql:db.example:5432:ledger_app', 'ALTER ROLE "ledger_app" NOLOGIN'],
    ['postgresql:fd00::5:5432:ledger-app', 'ALTER ROLE "ledger-app" NOLOGIN'],
    ['mysql:db.example:3306:app@10.0.0.1', "ALTER USER 'app'@'10.0.0.1' ACCOUNT LOCK"],
    ['redis:db.example:6379:app', 'ACL SETUSER app off resetpass'],
    ['kubernetes:cluster.example:payments/ledger', 'kubectl delete serviceaccount ledger -n payments'],
  ])('names %s in a command', (named, command) => {
    expect(endOf(named)).toContain(command);
  });

  it.each([
    'a"b',
    "a'b",
    'a`b',
    'a$b',
    'a;b',
    'a|b',
    'a&b',
    'a<b',
    'a>b',
    'a(b',
    'a{b',
    'a[b',
    'a*b',
    'a?b',
    'a!b',
    'a#b',
    'a%b',
    'a^b',
    'a\\b',
    'a b',
    'a\tb',
    'a\nb',
    'a\rb',
    'a\0b',
    'a\u2028b',
    'a\u00e9b',
    'a\u202eb',
    '-b',
    'a/--all',
    'a:b',
    'a'.repeat(257),
    '',
  ])('has no command where a name is %j', (name) => {
    for (const server of ['postgresql', 'redshift', 'mysql', 'redis'])
      expect(endOf(`${server}:db.example:5432:${name}`)).toBe(DEFAULT);
    if (name.includes(':')) return;
    for (const before of ['aws:1:', 'google:', 'azure:', 'aws-key:', 'kubernetes:c:', 'github:github.com:'])
      expect(endOf(`${before}${name}`)).toBe(DEFAULT);
  });
});
