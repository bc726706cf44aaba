import 'reflect-metadata';
import { Audit } from '../../src/audit/index.js';
import { Checkpoints } from '../../src/audit/checkpoints.js';
import { LogIdentity } from '../../src/audit/log-identity.js';
import { Sequencer } from '../../src/audit/sequencer.js';
import { type Signer, SystemClock, UnitOfWork } from '../../src/platform/index.js';
import { changeOf, LogSigner } from '../audit/log-fixture.js';
import { openDataSource } from '../harness/data-source.js';
import { closedLoop, type Lap } from './closed-loop.js';

export type AppendMessage =
  | { readonly kind: 'open'; readonly url: string }
  | { readonly kind: 'run'; readonly clients: number; readonly seconds: number }
  | { readonly kind: 'close' };
export interface AppendReply {
  readonly lap?: Lap;
}

interface Log {
  readonly append: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** The log alone: the real classes on a real database, with a signer in this process. */
async function open(url: string): Promise<Log> {
  const dataSource = await openDataSource(url);
  const signer = new LogSigner() as unknown as Signer;
  const checkpoints = new Checkpoints(dataSource, new LogIdentity(dataSource, signer), signer);
  const sequencer = new Sequencer(dataSource, checkpoints);
  const audit = new Audit(new SystemClock());
  const unitOfWork = new UnitOfWork(dataSource);
  let number = 0;
  sequencer.start();
  return {
    append: async () => {
      await unitOfWork.run((tx) => audit.append(tx, changeOf((number += 1))));
      return true;
    },
    close: async () => {
      await sequencer.stop();
      await dataSource.destroy();
    },
  };
}

let log: Log;

async function answer(message: AppendMessage): Promise<AppendReply> {
  switch (message.kind) {
    case 'open':
      log = await open(message.url);
      return {};
    case 'run':
      return { lap: await closedLoop(message.clients, message.seconds, log.append) };
    case 'close':
      await log.close();
      process.disconnect();
      return {};
  }
}

process.on('message', (message: AppendMessage) => {
  void answer(message).then((reply) => process.connected && process.send!(reply));
});
