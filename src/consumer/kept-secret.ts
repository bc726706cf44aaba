import { Acknowledgements } from './acknowledgements.js';
import {
  type Certificate,
  readSecret,
  readVersion,
  type Secret,
  type SecretAnswer,
  type VersionAnswer,
} from './domain/answers.js';
import { checkService, type ConsumerEvent, invalid, type KeepingOptions, REAL } from './options.js';
import { failureOf, Renewer, type Renewed } from './renewer.js';
import { callService } from './service-call.js';

export interface SecretOptions extends KeepingOptions {
  /** `rot_…` */
  readonly rotation: string;
  /**
   * Names this running copy, and no other that runs at the same time: letters, digits, dots, dashes and underscores. Keep
   * it over restarts: the service waits for every name it knows.
   */
  readonly instance: string;
  /** The identity's own certificate, asked for at every call. */
  readonly certificate: () => Certificate | Promise<Certificate>;
  /** Comes at least so often, though the service would let it wait longer: so soon a rotation that nobody planned is noticed. */
  readonly atLeastEverySeconds?: number | undefined;
  /** Tells a refusal of the credential from any other fault of what `use` does; without it every fault is one. */
  readonly isRefusal?: ((error: unknown) => boolean) | undefined;
  /**
   * Another version has come since `start`: for who never calls `use` the place to take it up, and then to call
   * `acknowledge`. One call at a time.
   */
  readonly onChange?: ((now: Secret) => void | Promise<void>) | undefined;
}

const ROTATION = /^rot_[0-9a-f]{32}$/;
const INSTANCE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Keeps a rotated secret fresh, and follows the consumer's contract: renews when the service said, keeps the version before
 * until the service says that it is gone, tries the newest once when one is refused, and says which version it uses.
 */
export class KeptSecret {
  private readonly renewer: Renewer;
  private readonly acknowledgements: Acknowledgements;
  private readonly tell: (event: ConsumerEvent) => void;
  private held: Secret | undefined;
  private before: Secret | undefined;
  private changing = Promise.resolve();

  /** @throws ConsumerError `options_invalid` */
  constructor(private readonly options: SecretOptions) {
    checkService(options.service);
    if (!ROTATION.test(options.rotation)) throw invalid('rotation: give its id, rot_ and 32 hexadecimal digits.');
    if (!INSTANCE.test(options.instance))
      throw invalid('instance: letters, digits, dots, dashes and underscores, at most 100.');
    this.tell = options.onEvent ?? (() => undefined);
    const instruments = options.instruments ?? REAL;
    this.renewer = new Renewer('secret', (signal) => this.renew(signal), instruments, this.tell);
    this.acknowledgements = new Acknowledgements(
      (version, signal) => this.send(version, signal),
      instruments,
      this.tell,
    );
  }

  /** The version to use now. */
  get current(): Secret {
    if (!this.held) throw new Error('Start it first: there is no secret yet.');
    return this.held;
  }

  /** The version before, as long as it works beside the current one. */
  get previous(): Secret | undefined {
    return this.before;
  }

  /** @throws ServiceRefusal, ClientError */
  async start(): Promise<Secret> {
    try {
      await this.renewer.now();
    } catch (error) {
      await this.renewer.close();
      throw error;
    }
    return this.current;
  }

  /** Asks for the newest now. @throws ServiceRefusal, ClientError */
  async refresh(): Promise<Secret> {
    await this.renewer.now();
    return this.current;
  }

  /**
   * Does something with the secret, and says which version worked. Where it is refused, the newest is fetched and tried
   * once; where that is the same, the one before, if it still works.
   *
   * @param work signs in somewhere; called once or twice
   * @throws what `work` threw
   */
  async use<Result>(work: (secret: Secret) => Promise<Result>): Promise<Result> {
    const tried = this.current;
    try {
      return await this.worked(tried, work);
    } catch (error) {
      const other = (this.options.isRefusal?.(error) ?? true) ? await this.otherThan(tried) : undefined;
      if (!other) throw error;
      return this.worked(other, work);
    }
  }

  /** Says that this version is what is in use from now on, and no older one: who says it too early is stranded. */
  acknowledge(version = this.current.version): void {
    this.acknowledgements.say(version);
  }

  /** The version that the service has heard is in use. */
  get acknowledged(): number | undefined {
    return this.acknowledgements.last;
  }

  async close(): Promise<void> {
    await this.renewer.close();
    await this.changing;
    await this.acknowledgements.close();
  }

  private async worked<Result>(secret: Secret, work: (secret: Secret) => Promise<Result>): Promise<Result> {
    const result = await work(secret);
    if (secret.version === this.current.version) this.acknowledge(secret.version);
    return result;
  }

  private async otherThan(tried: Secret): Promise<Secret | undefined> {
    const newest = this.current === tried ? await this.refresh().catch(() => this.current) : this.current;
    return [newest, this.before].find((one) => one && one.version !== tried.version);
  }

  private async renew(signal: AbortSignal): Promise<Renewed> {
    const former = this.held;
    const { version, previousVersion, renewAfterSeconds, ...fetched } = await this.newest(former, signal);
    const changed = 'secret' in fetched && former?.version !== version;
    this.before = [former, this.before].find((one) => one !== undefined && one.version === previousVersion);
    if (changed) {
      this.held = fetched.secret;
      if (former) this.changing = this.changing.then(() => this.changed(fetched.secret));
    }
    const longest = this.options.atLeastEverySeconds ?? Infinity;
    return { name: String(version), changed, renewAfterSeconds: Math.min(renewAfterSeconds, longest) };
  }

  /** The secret is read out only where it is another: every reading is a record of the service. */
  private async newest(held: Secret | undefined, signal: AbortSignal): Promise<SecretAnswer | VersionAnswer> {
    const { rotation, instance, service, certificate } = this.options;
    const ask = async (what: 'secret' | 'version') => {
      const path = `/v1/rotations/${rotation}/${what}?instance=${encodeURIComponent(instance)}`;
      return callService(service, await certificate(), { method: 'GET', path }, signal);
    };
    const said = held && readVersion(await ask('version'));
    return said?.version === held?.version && said ? said : readSecret(await ask('secret'));
  }

  /** What a consumer does with a new version is its own to mend: it holds up no renewal. */
  private async changed(now: Secret): Promise<void> {
    try {
      await this.options.onChange?.(now);
    } catch (error) {
      this.tell(failureOf('change', error, null));
    }
  }

  private async send(version: number, signal: AbortSignal): Promise<void> {
    const { rotation, instance, service, certificate } = this.options;
    const path = `/v1/rotations/${rotation}/acknowledgements`;
    await callService(service, await certificate(), { method: 'POST', path, body: { version, instance } }, signal);
  }
}
