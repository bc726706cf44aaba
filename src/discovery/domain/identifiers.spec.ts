import { describe, expect, it } from '@jest/globals';
import { bounded } from '../../../test/harness/bounded.js';
import { identifierIn } from '../aliases/alias.js';
import { awsNamed, kubernetesAccount, serial, serverAccount, subject, systemOf } from './identifiers.js';
import { namesOfClue } from './names.js';

/** One thing, written in several ways, has one name; two things have two. */

describe('a name', () => {
  it.each([
    ['arn:aws:iam::029608264753:user/ci', 'arn:aws-us-gov:iam::029608264753:user/bots/CI'],
    ['arn:aws:iam::029608264753:role/deploy', 'arn:aws:sts::029608264753:assumed-role/Deploy/session-7'],
    ['postgresql://ledger@db.example', 'postgres://ledger@DB.Example.:5432/payments'],
    ['mariadb://app@db.example:3306', 'mysql://app@db.example'],
    ['spiffe://Firm.Example/ledger', 'spiffe://firm.example/ledger'],
    ['AKIAQYLPMN5HHHFPZAM2', 'akiaqylpmn5hhhfpzam2'],
    ['Importer@prod.iam.gserviceaccount.com', 'google:importer@prod.iam.gserviceaccount.com'],
    ['serial:00AB:CD', 'serial:abcd'],
    ['4f6B1C2E-93a1-4d0e-8a51-0c2f9d7e6b3a', 'azure:4f6b1c2e-93a1-4d0e-8a51-0c2f9d7e6b3a'],
    ['projects/prod/serviceAccounts/a@prod.iam.gserviceaccount.com', 'serviceAccount:A@prod.iam.gserviceaccount.com'],
    ['postgresql://six@[2001:DB8:0:0::10]', 'postgresql:2001:db8::10:5432:six'],
    ['postgresql://etl%40ledger@db.example', 'postgresql:db.example:5432:etl@ledger'],
    ['amqp://orders@mq.example', 'rabbitmq:mq.example:5672:orders'],
    ['mongodb+srv://docs@db.example/all', 'mongodb:db.example:27017:docs'],
    ['https://Reader@Nexus.example/simple', 'account:login:nexus.example/Reader'],
    [`SHA256:${'AB:'.repeat(31)}AB`, `thumbprint:${'ab'.repeat(32)}`],
    [
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJxkTIfC2WQooAH3KPFE/Wy7Xn8P6m2rTgJ1qzq5uYcP ledger@build',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJxkTIfC2WQooAH3KPFE/Wy7Xn8P6m2rTgJ1qzq5uYcP',
    ],
  ])('is one for %s and %s', (one, other) => {
    expect(identifierIn(one)).toBeDefined();
    expect(identifierIn(one)).toBe(identifierIn(other));
  });

  it.each([
    ['postgresql://Ledger@db.example', 'postgresql://ledger@db.example'],
    ['postgresql://ledger@db.example:5432', 'postgresql://ledger@db.example:6432'],
    ['arn:aws:iam::029608264753:user/ci', 'arn:aws:iam::029608264753:role/ci'],
    ['spiffe://firm.example/Ledger', 'spiffe://firm.example/ledger'],
    ['https://reader@nexus.example', 'https://reader@nexus.example.org'],
  ])('is another for %s than for %s', (one, other) => {
    expect(identifierIn(one)).not.toBe(identifierIn(other));
  });

  it('is none where it says nothing: somebody, or a machine that is another one everywhere', () => {
    expect(
      ['somebody', 'postgresql://app@localhost', 'arn:aws:s3:::bucket', 'nobody:knows', 'gopher://a@b.example', ''].map(
        identifierIn,
      ),
    ).toEqual(Array.from({ length: 6 }));
    expect(serverAccount('redis', '127.0.0.1', null, 'app')).toBeUndefined();
  });

  it('is looked for in reasonable time, whatever is given as one', () => {
    expect(bounded(() => identifierIn(`ab://u@${'[a]'.repeat(600)}@`))).toBeUndefined();
  });

  it('keeps accounts apart that differ by the host they may come from', () => {
    expect(serverAccount('mysql', 'db.example', 3306, 'app', '10.%')).toBe('mysql:db.example:3306:app@10.%');
    expect(serverAccount('mysql', 'db.example', 3306, 'app', '%')).toBe('mysql:db.example:3306:app');
  });

  it.each([
    [awsNamed('029608264753', 'user', '/bots/ci'), 'aws:029608264753'],
    ['aws-key:AKIAQYLPMN5HHHFPZAM2', 'aws:052310077262'],
    ['postgresql:db.example:5432:ledger', 'postgresql:db.example:5432'],
    [kubernetesAccount('https://Cluster.example/', 'payments', 'ledger'), 'kubernetes:cluster.example'],
    [subject('https://issuer.example/realm', 'ledger'), 'subject:issuer.example/realm'],
    ['google:importer@prod.iam.gserviceaccount.com', 'google:prod.iam.gserviceaccount.com'],
    ['spiffe://firm.example/ledger', 'spiffe://firm.example'],
    [serial('0x0AB'), 'serial:ab'],
  ])('%s is one of %s', (name, system) => {
    expect(systemOf(name)).toBe(system);
  });

  it('is read from what a credential says of itself, and not from what it only opens', () => {
    const facts = { issuer: 'https://issuer.example', subject: 'ledger', audience: 'orders' };
    expect(namesOfClue({ from: 'jwt', words: '', facts })).toEqual(['subject:issuer.example ledger']);
    expect(
      namesOfClue({ from: 'aws-key-id', words: '', facts: { keyId: 'AIDAQYLPMN5HHHFPZAM2', resource: 'user' } }),
    ).toEqual(['aws-id:AIDAQYLPMN5HHHFPZAM2']);
    expect(namesOfClue({ from: 'host', words: '', facts: { host: 'acme.grafana.net' } })).toEqual([]);
  });
});
