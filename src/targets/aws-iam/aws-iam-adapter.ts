import type { EgressClient, SystemClock } from '../../platform/index.js';
import { ApiCalls } from '../api-calls.js';
import type { Adapter, Inside, Way } from '../domain/adapter.js';
import { refused } from '../domain/refusals.js';
import { type IamAccess, readAccess } from './access.js';
import { Iam } from './iam.js';
import { AwsIamRotator } from './rotator.js';

/** Names of users (IAM, CreateUser). */
const ACCOUNT = /^[\w+=,.@-]{1,64}$/;

/** Users of an AWS account. */
export class AwsIamAdapter implements Adapter<IamAccess> {
  constructor(
    private readonly clock: SystemClock,
    private readonly egress: EgressClient,
  ) {}

  read(url: string): IamAccess {
    return readAccess(url);
  }

  /** Whose key Muster's own is, its URL does not say: its policy names the users that it may change (docs/guides/targets.md). */
  checkAccount(_access: IamAccess, account: string): void {
    if (!ACCOUNT.test(account)) throw refused('accountInvalid');
  }

  within<Result>(access: IamAccess, way: Way, work: (inside: Inside) => Promise<Result>): Promise<Result> {
    const iam = new Iam(new ApiCalls(this.egress, way), access, () => this.clock.now());
    const unknown = () => Promise.reject(refused('notSupported'));
    return work({
      check: async () => {
        const opens = await iam.opens();
        return [
          {
            what: 'observe',
            able: opens,
            words: opens ? 'Its key works.' : 'Its key does not work: give the URL anew.',
          },
          { what: 'remove', able: false, words: 'What a user may do is not taken away here.' },
          { what: 'close', able: false, words: 'Users are not closed here: their keys are rotated.' },
          { what: 'end-sessions', able: false, words: 'AWS has no sessions to end.' },
        ];
      },
      observe: async (account) => {
        this.checkAccount(access, account);
        const keys = await iam.findKeys(account);
        const canLogin = (keys ?? []).some(({ active }) => active);
        return {
          ...{ exists: keys !== undefined, canLogin, memberships: [], privileges: [], privilegeCount: 0 },
          ...{ openSessions: 0, observedAt: this.clock.now() },
        };
      },
      ...{ holds: unknown, remove: unknown, close: unknown },
    });
  }

  rotator(access: IamAccess, way: Way): AwsIamRotator {
    const check = (account: string) => this.checkAccount(access, account);
    return new AwsIamRotator(access, new ApiCalls(this.egress, way), () => this.clock.now(), check);
  }
}
