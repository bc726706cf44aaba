import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { systemActor } from '../kernel/index.js';
import { ControlSocket, idOf, Ids } from '../platform/index.js';
import { showSignInToken } from './sign-in.dto.js';
import { SignIn } from './sign-in.service.js';

const parameters = z.strictObject({ personId: idOf('person').optional() });

/** `muster admin sign-in`: answers on the local socket alone, which only the server's own user can open. */
@Injectable()
export class AdminSignIn implements OnModuleInit {
  constructor(
    private readonly socket: ControlSocket,
    private readonly signIns: SignIn,
    private readonly ids: Ids,
  ) {}

  onModuleInit(): void {
    this.socket.handle('admin-sign-in', parameters, async ({ personId }) => {
      const issued = await this.signIns.print(systemActor('control-socket', this.ids.next('request')), personId);
      return { personId: issued.row.personId, ...showSignInToken(issued) };
    });
  }
}
