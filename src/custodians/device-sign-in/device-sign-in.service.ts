import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, addSeconds, type Id, MINUTE_SECONDS } from '../../kernel/index.js';
import { Ids, SystemClock, UnitOfWork } from '../../platform/index.js';
import { isOpaqueToken, tokenHash } from '../domain/opaque-token.js';
import { FreshTokens } from '../fresh-tokens.js';
import { personOf, type StartedSession } from '../sessions.service.js';
import { DeviceAdmission } from './device-admission.js';
import { DeviceLimits } from './device-limits.js';
import { DeviceNames, type NamePlace } from './device-names.js';
import { DevicesRepository } from './devices.repository.js';
import { approverOf } from './domain/approver.js';
import {
  decideDevice,
  type DeviceAuthorization,
  deviceImage,
  poll,
  requestDevice,
} from './domain/device-authorization.js';
import { DeviceSignInError } from './domain/errors.js';
import { readUserCode, USER_CODE_RANDOM_BYTES, userCode } from './domain/user-code.js';

/** How long what expired is kept, so that whoever comes late hears why. */
const KEEP_SECONDS = 10 * MINUTE_SECONDS;

/** What a device is given to ask with, and to show its person; each leaves once. */
export interface RequestedDevice {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly authorization: DeviceAuthorization;
}

/** A device as its person sees it before they decide. */
export interface WaitingDevice {
  readonly userCode: string;
  readonly host: string;
  readonly fromYourAddress: boolean;
  readonly authorization: DeviceAuthorization;
}

/** Devices without a browser of their own, let in by a person in theirs (RFC 8628). */
@Injectable()
export class DeviceSignIn {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly devices: DevicesRepository,
    private readonly names: DeviceNames,
    private readonly limits: DeviceLimits,
    private readonly fresh: FreshTokens,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
    private readonly admission: DeviceAdmission,
  ) {}

  /**
   * Begins one; nothing is recorded until a person decides.
   *
   * @throws DeviceSignInError `slow_down` when an address asks too often
   */
  async request(host: string, address: string): Promise<RequestedDevice> {
    await this.limits.admitRequest(address);
    const { token: deviceCode, hash } = this.fresh.next('device-code');
    const code = userCode(randomBytes(USER_CODE_RANDOM_BYTES));
    const at = this.clock.now();
    const authorization = requestDevice(this.ids.next('deviceAuthorization'), at);
    const stored = {
      authorization,
      hostSealed: this.names.seal(placeOf(authorization), host),
      addressIndex: this.names.addressIndex(address),
    };
    await this.unitOfWork.run(async (tx) => {
      await this.devices.sweep(tx, addSeconds(at, -KEEP_SECONDS));
      await this.devices.insert(tx, stored, { deviceCode: hash, userCode: this.names.userCodeIndex(code) });
    });
    return { deviceCode, userCode: code, authorization };
  }

  /**
   * What waits behind a code, for the person who typed it.
   *
   * @throws DeviceSignInError `device_unknown`, `user_codes_tried`
   */
  show(actor: Actor, typed: string, address: string): Promise<WaitingDevice> {
    return this.behind(personOf(actor).id, typed, async (code) => {
      const stored = await this.unitOfWork.readOne((tx) => this.devices.findByUserCode(tx, this.indexOf(code)));
      if (!stored || this.clock.now() >= stored.authorization.expiresAt) return undefined;
      const { authorization, hostSealed, addressIndex } = stored;
      const host = this.names.open(placeOf(authorization), hostSealed);
      const fromYourAddress = addressIndex.equals(this.names.addressIndex(address));
      return { userCode: code, host, fromYourAddress, authorization };
    });
  }

  /**
   * Lets a device in, or not. What it may do is what the approver had proved when they did.
   *
   * @throws DeviceSignInError `device_unknown`, `device_decided`, `user_codes_tried`
   */
  decide(actor: Actor, typed: string, verdict: 'approve' | 'deny'): Promise<DeviceAuthorization> {
    const person = personOf(actor);
    return this.behind(person.id, typed, (code) =>
      this.unitOfWork.run(async (tx) => {
        const stored = await this.devices.lockByUserCode(tx, this.indexOf(code));
        if (!stored) return undefined;
        const { authorization } = stored;
        const decided = decideDevice(
          authorization,
          verdict === 'approve' ? approverOf(person) : 'deny',
          this.clock.now(),
        );
        await this.devices.save(tx, decided);
        await this.audit.append(tx, {
          type: verdict === 'approve' ? 'device.approved' : 'device.denied',
          actor,
          subject: decided.id,
          before: deviceImage(authorization),
          after: deviceImage(decided),
        });
        return decided;
      }),
    );
  }

  /**
   * Answers a device that asks: of any number at once exactly one gets the session.
   *
   * @throws DeviceSignInError `authorization_pending`, `slow_down`, `access_denied`, `expired_token`, `invalid_grant`
   */
  async exchange(actor: Actor, deviceCode: string): Promise<StartedSession> {
    if (!isOpaqueToken('device-code', deviceCode)) throw refusedGrant();
    const outcome = await this.unitOfWork.run(async (tx) => {
      const stored = await this.devices.lockByDeviceCode(tx, tokenHash(deviceCode));
      if (!stored) return refusedGrant();
      const answer = poll(stored.authorization, this.clock.now());
      if (answer.next !== stored.authorization) await this.devices.save(tx, answer.next);
      if (answer.kind === 'refused') return answer.refusal;
      const host = this.names.open(placeOf(stored.authorization), stored.hostSealed);
      const images = { before: deviceImage(stored.authorization), after: deviceImage(answer.next) };
      const started = await this.admission.admit(tx, actor, answer.approver, host, { device: images });
      if (!started) throw denied();
      return started;
    });
    if (outcome instanceof DeviceSignInError) throw outcome;
    return outcome;
  }

  /** Finds what somebody typed, and counts against them what nobody was given: codes are short enough to be tried. */
  private async behind<Found>(
    personId: Id<'person'>,
    typed: string,
    find: (code: string) => Promise<Found | undefined>,
  ): Promise<Found> {
    await this.limits.admitUserCode(personId);
    const code = readUserCode(typed);
    const found = code === undefined ? undefined : await find(code);
    if (found !== undefined) return found;
    await this.limits.countMistyped(personId);
    throw new DeviceSignInError(
      'device_unknown',
      'No device waits with this code. Compare it with what the device shows.',
    );
  }

  private indexOf(code: string): Buffer {
    return this.names.userCodeIndex(code);
  }
}

function placeOf({ id }: DeviceAuthorization): NamePlace {
  return { table: 'muster.device_authorizations', row: id };
}

function refusedGrant(): DeviceSignInError {
  return new DeviceSignInError('invalid_grant', 'This device code does not work. Start again.');
}

function denied(): DeviceSignInError {
  return new DeviceSignInError('access_denied', 'Whoever approved this device has signed out or left. Start again.');
}
