import { Module } from '@nestjs/common';
import { Config, HttpModule } from '../platform/index.js';
import { AdminSignIn } from './admin-sign-in.js';
import { Administrators } from './administrators.js';
import { AuthenticatorsRepository } from './authenticators/authenticators.repository.js';
import { AuthenticatorsController } from './authenticators/authenticators.controller.js';
import { Authenticators } from './authenticators/authenticators.service.js';
import { Ceremonies } from './authenticators/ceremonies.js';
import { CopiedPasskeys } from './authenticators/copied-passkeys.js';
import { Owners } from './authenticators/owners.js';
import { PasskeyEnrolment } from './authenticators/passkey-enrolment.service.js';
import { RecoveryCodes } from './authenticators/recovery-codes.service.js';
import { Resets } from './authenticators/resets.service.js';
import { SignIns } from './authenticators/sign-ins.service.js';
import { TotpEnrolment } from './authenticators/totp-enrolment.service.js';
import { SignInLimits } from './sign-in-limits.js';
import { SignInsController } from './sign-ins.controller.js';
import { PasskeysRepository } from './authenticators/passkeys.repository.js';
import { PresenceProofs } from './authenticators/presence-proofs.js';
import { RelyingParty } from './authenticators/relying-party.js';
import { TotpCodes } from './authenticators/totp-codes.js';
import { TotpRepository } from './authenticators/totp.repository.js';
import { Departures } from './departures.service.js';
import { BrowserSignIn } from './device-sign-in/browser-sign-in.service.js';
import { DeviceAdmission } from './device-sign-in/device-admission.js';
import { DeviceLimits } from './device-sign-in/device-limits.js';
import { DeviceNames } from './device-sign-in/device-names.js';
import { DeviceSignInController } from './device-sign-in/device-sign-in.controller.js';
import { DeviceSignIn } from './device-sign-in/device-sign-in.service.js';
import { DevicesRepository } from './device-sign-in/devices.repository.js';
import { LoopbackSignIn } from './device-sign-in/loopback-sign-in.service.js';
import { Enrolment } from './enrolment.service.js';
import { FreshTokens } from './fresh-tokens.js';
import { HumansController } from './humans.controller.js';
import { HumansRepository } from './humans.repository.js';
import { Humans } from './humans.service.js';
import { Me } from './me.service.js';
import { PeopleController } from './people.controller.js';
import { PeopleJobs } from './people.jobs.js';
import { PeopleRepository } from './people.repository.js';
import { People } from './people.service.js';
import { PersonalFields } from './personal-fields.js';
import { SessionAuthenticator } from './session-authenticator.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { Sessions } from './sessions.service.js';
import { SetupTokenFile } from './setup-token-file.js';
import { Setup } from './setup.service.js';
import { SignInRepository } from './sign-in.repository.js';
import { SignIn } from './sign-in.service.js';
import { SignInTokens } from './sign-in-tokens.js';
import { LinksRepository } from './single-sign-on/links.repository.js';
import { Provider } from './single-sign-on/provider.js';
import { SingleSignOn } from './single-sign-on/single-sign-on.service.js';
import { SingleSignOnController } from './single-sign-on/single-sign-on.controller.js';
import { TeamsController } from './teams.controller.js';
import { TeamsRepository } from './teams.repository.js';
import { Teams } from './teams.service.js';

@Module({
  imports: [HttpModule],
  controllers: [
    AuthenticatorsController,
    DeviceSignInController,
    HumansController,
    PeopleController,
    SessionsController,
    SignInsController,
    SingleSignOnController,
    TeamsController,
  ],
  providers: [
    SingleSignOn,
    Provider,
    LinksRepository,
    SignInLimits,
    TotpEnrolment,
    SignIns,
    Resets,
    RecoveryCodes,
    PasskeyEnrolment,
    Owners,
    Ceremonies,
    CopiedPasskeys,
    Authenticators,
    Administrators,
    AdminSignIn,
    AuthenticatorsRepository,
    Departures,
    BrowserSignIn,
    DeviceAdmission,
    DeviceLimits,
    DeviceNames,
    DeviceSignIn,
    DevicesRepository,
    Enrolment,
    FreshTokens,
    Humans,
    HumansRepository,
    LoopbackSignIn,
    Me,
    PasskeysRepository,
    People,
    PeopleJobs,
    PeopleRepository,
    PersonalFields,
    PresenceProofs,
    RelyingParty,
    SessionAuthenticator,
    Sessions,
    SessionsRepository,
    Setup,
    {
      provide: SetupTokenFile,
      useFactory: ({ dataDirectory }: Config) => new SetupTokenFile(dataDirectory),
      inject: [Config],
    },
    SignIn,
    SignInRepository,
    SignInTokens,
    Teams,
    TeamsRepository,
    TotpCodes,
    TotpRepository,
  ],
  exports: [Humans, People, PresenceProofs, SessionAuthenticator, Sessions, Setup, Teams],
})
export class CustodiansModule {}
