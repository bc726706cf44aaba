import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, addSeconds, MINUTE_SECONDS } from '../../kernel/index.js';
import { Config, Ids, SystemClock, UnitOfWork } from '../../platform/index.js';
import { isOpaqueToken, tokenHash } from '../domain/opaque-token.js';
import { FreshTokens } from '../fresh-tokens.js';
import { personOf, type StartedSession } from '../sessions.service.js';
import { DeviceAdmission } from './device-admission.js';
import { DeviceNames, type NamePlace } from './device-names.js';
import { DevicesRepository } from './devices.repository.js';
import { approverOf } from './domain/approver.js';
import {
  type AuthorizationCode,
  codeImage,
  newAuthorizationCode,
  spend,
  unknownCode,
} from './domain/authorization-code.js';
import { DeviceSignInError } from './domain/errors.js';
import { answered, isLoopbackRedirect } from './domain/loopback-redirect.js';

/** How long what expired is kept. */
const KEEP_SECONDS = 10 * MINUTE_SECONDS;

/** What a program asks for through its person's browser. */
export interface CodeRequest {
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly state: string;
  readonly host: string;
}

/** Programs on the same machine as a person's browser, let in by a redirect to loopback (RFC 8252 with RFC 7636). */
@Injectable()
export class LoopbackSignIn {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly devices: DevicesRepository,
    private readonly names: DeviceNames,
    private readonly fresh: FreshTokens,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
    private readonly admission: DeviceAdmission,
    private readonly config: Config,
  ) {}

  /**
   * Makes a code for whoever holds the verifier behind the challenge.
   *
   * @returns where the browser goes now, with the code in it: said once
   * @throws DeviceSignInError `redirect_invalid`
   */
  async approve(actor: Actor, { redirectUri, codeChallenge, state, host }: CodeRequest): Promise<string> {
    if (!isLoopbackRedirect(redirectUri))
      throw new DeviceSignInError('redirect_invalid', 'A program may be answered at http://127.0.0.1:port/ alone.');
    const approver = approverOf(personOf(actor));
    const { token, hash } = this.fresh.next('authorization-code');
    const at = this.clock.now();
    const id = this.ids.next('authorizationCode');
    const code = newAuthorizationCode({ id, approver, redirectUri, codeChallenge }, at);
    await this.unitOfWork.run(async (tx) => {
      await this.devices.sweep(tx, addSeconds(at, -KEEP_SECONDS));
      await this.devices.insertCode(tx, { code, hostSealed: this.names.seal(placeOf(code), host) }, hash);
      await this.audit.append(tx, { type: 'authorization-code.created', actor, subject: id, after: codeImage(code) });
    });
    return answered(redirectUri, { code: token, state, iss: this.config.publicUrl });
  }

  /**
   * Spends a code: of any number of attempts at once exactly one gets the session.
   *
   * @throws DeviceSignInError `invalid_grant`
   */
  exchange(
    actor: Actor,
    shown: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string },
  ): Promise<StartedSession> {
    if (!isOpaqueToken('authorization-code', shown.code)) return Promise.reject(unknownCode());
    return this.unitOfWork.run(async (tx) => {
      const stored = await this.devices.lockCode(tx, tokenHash(shown.code));
      if (!stored) throw unknownCode();
      const { code, hostSealed } = stored;
      const spent = spend(code, shown, this.clock.now());
      await this.devices.spendCode(tx, spent.id, spent.spentAt!);
      const host = this.names.open(placeOf(code), hostSealed);
      const images = { before: codeImage(code), after: codeImage(spent) };
      const started = await this.admission.admit(tx, actor, code.approver, host, { authorization_code: images });
      if (!started) throw unknownCode();
      return started;
    });
  }
}

function placeOf({ id }: AuthorizationCode): NamePlace {
  return { table: 'muster.authorization_codes', row: id };
}
