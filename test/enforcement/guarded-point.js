// An enforcement point as a process of its own: the library as it is installed, before a server that says its verdict.
import { createServer } from 'node:https';

const { createEnforcement } = await import(process.env.POINT_LIBRARY);

let credentials;
let enforcement;

process.on('message', async ({ options, credentials: given }) => {
  credentials = given;
  if (enforcement) return;
  enforcement = createEnforcement({ ...options, credentials: () => credentials, reportEverySeconds: 1 });
  const tls = { key: given.key, cert: given.certificate, ...enforcement.tlsOptions() };
  const server = createServer(tls, (request, response) => {
    const ask = { action: 'order.place', sensitive: request.url !== '/status' };
    void enforcement.authorize(request.socket, ask).then((verdict) => response.end(JSON.stringify(verdict)));
  });
  server.keepAliveTimeout = 0; // nothing but the guard ends a connection that is idle
  enforcement.guard(server);
  enforcement.start();
  await enforcement.ready(30_000);
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
});
process.on('disconnect', () => process.exit(0));
