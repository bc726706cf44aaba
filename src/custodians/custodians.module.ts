import { Module } from '@nestjs/common';
import { Config } from '../platform/index.js';
import { AdminSignIn } from './admin-sign-in.js';
import { Administrators } from './administrators.js';
import { Departures } from './departures.service.js';
import { Enrolment } from './enrolment.service.js';
import { FreshTokens } from './fresh-tokens.js';
import { HumansController } from './humans.controller.js';
import { HumansRepository } from './humans.repository.js';
import { Humans } from './humans.service.js';
import { Me } from './me.service.js';
import { PeopleController } from './people.controller.js';
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
import { TeamsController } from './teams.controller.js';
import { TeamsRepository } from './teams.repository.js';
import { Teams } from './teams.service.js';

@Module({
  controllers: [HumansController, PeopleController, SessionsController, TeamsController],
  providers: [
    Administrators,
    AdminSignIn,
    Departures,
    Enrolment,
    FreshTokens,
    Humans,
    HumansRepository,
    Me,
    People,
    PeopleRepository,
    PersonalFields,
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
  ],
  exports: [Humans, People, SessionAuthenticator, Setup, Teams],
})
export class CustodiansModule {}
