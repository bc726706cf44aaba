import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import path from 'node:path';

// Imported into the service by --cpu-prof: profiles it from SIGUSR2, when it is warm, until it exits.
const session = new Session();
session.connect();
session.post('Profiler.enable');
process.once('SIGUSR2', () => {
  session.post('Profiler.start');
  process.once('exit', () =>
    session.post('Profiler.stop', (_error, { profile }) =>
      writeFileSync(path.join(process.env.BENCH_PROFILES, `muster-${process.pid}.cpuprofile`), JSON.stringify(profile)),
    ),
  );
});
