import type { components, Connection } from '../../client/index.js';
import type { HeldCertificate } from '../certificate-folder.js';
import type { CommandContext } from '../context.js';
import type { DeclaredIdentity } from '../identities-file.js';
import type { IssuedCertificate } from '../issued-certificate.js';
import type { CiIssuer } from './ci-issuer.js';
import type { CrewMember } from './crew.js';
import type { CustomerDatabase } from './customer-database.js';
import type { OrderClient } from './order-client.js';
import type { OrderEntry } from './order-entry.js';
import type { ScannedRepository } from './scanned-repository.js';

/** A registered identity of the tour. */
export interface TourIdentity {
  readonly id: string;
  readonly name: string;
  readonly spiffeId: string;
}

/** The people of the tour. */
export interface Crew {
  readonly engineer: CrewMember;
  readonly custodian: CrewMember;
  readonly backup: CrewMember;
  readonly approver: CrewMember;
}

/** A certificate with the key it was made for. */
export interface Credential {
  readonly issued: IssuedCertificate;
  readonly held: HeldCertificate;
}

/** A login that was planted where nobody registered it, and what was found of it. */
export interface Shadow {
  readonly analyst: CrewMember;
  readonly repository: ScannedRepository;
  readonly source: components['schemas']['Source'];
  /** The one that lists the database's roles. */
  readonly servers: components['schemas']['Source'];
  /** `fnd_…`, of the login and of the role that it opens. */
  readonly credential: string;
  readonly account: string;
}

/** What the steps hand on to one another. A step that reads what no step before it left is a mistake in their order. */
export class Tour {
  private readonly left = new Map<string, unknown>();
  private readonly cleanups: (() => Promise<unknown>)[] = [];
  /** Identities that are retired at the end. */
  readonly identities: TourIdentity[] = [];

  constructor(
    readonly context: CommandContext,
    /** Marks every name of this run: identifiers are never given twice. */
    readonly run: string,
    readonly declared: readonly DeclaredIdentity[],
    readonly dataFolder: string,
    readonly keepFolder: string | undefined,
    /** Of the user's own repository; undefined where none is to be looked through. */
    readonly scanPath: string | undefined,
  ) {}

  leave<Name extends keyof Luggage>(name: Name, value: Luggage[Name]): Luggage[Name] {
    this.left.set(name, value);
    return value;
  }

  find<Name extends keyof Luggage>(name: Name): Luggage[Name] | undefined {
    return this.left.get(name) as Luggage[Name] | undefined;
  }

  get<Name extends keyof Luggage>(name: Name): Luggage[Name] {
    const value = this.find(name);
    if (value === undefined) throw new Error(`No step before this one left ${name}.`);
    return value;
  }

  /** Has something undone at the end, last first, whether the tour succeeds or not. */
  atTheEnd(undo: () => Promise<unknown>): void {
    this.cleanups.unshift(undo);
  }

  /** @returns what could not be undone, in words */
  async cleanUp(): Promise<string[]> {
    const failures: string[] = [];
    for (const undo of this.cleanups)
      await undo().catch((error: unknown) => failures.push(error instanceof Error ? error.message : String(error)));
    return failures;
  }
}

interface Luggage {
  readonly root: string;
  /** The user's own session: invites the tour's administrator, and lets them go at the end. */
  readonly user: {
    readonly connection: Connection;
    /** Whether what they prove is enough to have somebody forgotten. */
    readonly mayForget: boolean;
  };
  /** The tour's own administrator. */
  readonly admin: Connection;
  /** Index of the first entry of the log that this run can have made. */
  readonly firstIndex: number;
  readonly issuer: string;
  readonly mutualUrl: string;
  readonly crew: Crew;
  /** `tem_…`, of everything that the tour registers. */
  readonly team: string;
  readonly bot: TourIdentity;
  readonly server: TourIdentity;
  readonly ci: CiIssuer;
  readonly ciToken: string;
  readonly botCredential: Credential;
  readonly serverCredential: Credential;
  readonly accessToken: string;
  readonly orderEntry: OrderEntry;
  readonly orders: OrderClient;
  /** Only where one can be started, and so all that follows from it. */
  readonly database: CustomerDatabase;
  /** The one on the database. */
  readonly grant: components['schemas']['Grant'];
  /** `rot_…`, of the pair of roles. */
  readonly rotation: string;
  readonly campaign: components['schemas']['ReviewCampaign'];
  /** The bot's, in the campaign. */
  readonly reviewItem: string;
  /** Only where a repository is looked through. */
  readonly shadow: Shadow;
  /** The identity that the shadow became. */
  readonly adopted: string;
  /** `fnd_…`, of the login, once it is closed. */
  readonly retired: string;
}
