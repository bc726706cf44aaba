import { awsSecretsManager } from '../../../src/rotation/sinks/aws-secrets-manager.js';
import { type Place, ROTATION_ID, testTools } from '../sink-contract.js';
import { FakeApi, type Heard, type Said } from './fake-api.js';

interface Version {
  readonly text: string;
  readonly stages: Set<string>;
}

/** The part of AWS Secrets Manager that is used; moto's server judges in `npm run test:interop`. */
export class FakeSecretsManager {
  versions: Map<string, Version> | undefined;
  readonly api = new FakeApi((heard) => this.answer(heard));

  staged(stage: string): string | undefined {
    return [...(this.versions ?? [])].find(([, { stages }]) => stages.has(stage))?.[0];
  }

  put(id: string, text: string, stage: string): Said {
    const before = this.versions!.get(id);
    if (before && before.text !== text) return { status: 400, body: { __type: 'ResourceExistsException' } };
    if (before) return { status: 200, body: {} };
    this.versions!.set(id, { text, stages: new Set() });
    this.move(stage, id);
    return { status: 200, body: {} };
  }

  private move(stage: string, to: string | undefined): void {
    const from = this.staged(stage);
    if (from === to) return;
    if (from !== undefined) this.versions!.get(from)!.stages.delete(stage);
    if (to === undefined) return;
    if (stage === 'AWSCURRENT' && from !== undefined) this.move('AWSPREVIOUS', from);
    this.versions!.get(to)!.stages.add(stage);
  }

  private answer({ headers, body }: Heard): Said {
    if (!headers.authorization?.includes('Credential=AKIAGOODGOODGOOD/'))
      return { status: 400, body: { __type: 'UnrecognizedClientException' } };
    const request = body as unknown as Readonly<Record<string, string>> & { readonly VersionStages: string[] };
    const operation = String(headers['x-amz-target']).split('.')[1];
    if (operation === 'CreateSecret') {
      this.versions = new Map();
      return this.put(request['ClientRequestToken']!, request['SecretString']!, 'AWSCURRENT');
    }
    if (!this.versions) return { status: 400, body: { __type: 'ResourceNotFoundException' } };
    if (operation === 'DescribeSecret') {
      const all = [...this.versions].map(([id, { stages }]) => [id, [...stages]] as const);
      return { status: 200, body: { VersionIdsToStages: Object.fromEntries(all) } };
    }
    if (operation === 'PutSecretValue')
      return this.put(request['ClientRequestToken']!, request['SecretString']!, request.VersionStages[0]!);
    const { VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from } = request;
    if (from !== undefined && this.staged(stage!) !== from)
      return { status: 400, body: { __type: 'InvalidParameterException' } };
    this.move(stage!, to);
    return { status: 200, body: {} };
  }
}

export async function awsPlace(): Promise<Place & { readonly manager: FakeSecretsManager }> {
  const manager = new FakeSecretsManager();
  const endpoint = await manager.api.start();
  const settings = awsSecretsManager.settings.parse({ region: 'eu-central-1', secretId: 'orders/database', endpoint });
  const open = (accessKeyId: string) =>
    awsSecretsManager.open(settings, { accessKeyId, secretAccessKey: 'x' }, ROTATION_ID, testTools());
  return {
    manager,
    empty: async () => {
      [manager.versions, manager.api.broken] = [undefined, undefined];
    },
    sink: () => open('AKIAGOODGOODGOOD'),
    standing: async () => {
      const current = manager.staged('AWSCURRENT');
      if (current === undefined) return undefined;
      return (JSON.parse(manager.versions!.get(current)!.text) as { password: string }).password;
    },
    meddle: async () => void manager.put('theirs', '{"password":"theirs"}', 'AWSCURRENT'),
    refused: async () => open('AKIABADBADBADBAD'),
    away: async () => {
      manager.api.broken = 500;
      return open('AKIAGOODGOODGOOD');
    },
    ...{ marks: true, checks: true },
    close: () => manager.api.stop(),
  };
}
