import { readFile } from 'node:fs/promises';
import { keepCertificate, keepSecret } from '../../src/consumer/index.js';

/** The program of docs/guides/consumer.md, letter by letter between the marks; the guide's test runs it. */
export async function guideExample(
  mutualUrl: string,
  signIn: (account: string, password: string) => Promise<string>,
  log: (event: object) => void,
): Promise<string> {
  // begin
  const service = { mutualUrl, root: await readFile('muster-certificate/root.pem', 'utf8') };
  const certificate = keepCertificate({
    service,
    held: {
      key: await readFile('muster-certificate/key.pem', 'utf8'),
      chain: await readFile('muster-certificate/chain.pem', 'utf8'),
    },
    onEvent: log,
  });
  await certificate.start();

  const password = keepSecret({
    service,
    rotation: 'rot_0192f0c1a2b37c4d8e5f60718293a4b5',
    instance: 'orders-1',
    certificate: () => certificate.current,
    isRefusal: (error) => (error as { code?: string }).code === '28P01',
    onEvent: log,
  });
  await password.start();

  const answer = await password.use(({ account, secret }) => signIn(account, secret));
  // end
  await Promise.all([certificate.close(), password.close()]);
  return answer;
}
