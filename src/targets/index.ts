export type { HeldAccount } from './accounts.repository.js';
export { TargetAccounts } from './accounts.service.js';
export type { TargetAccount } from './domain/account.js';
export type { Observation, Outcome, Way } from './domain/adapter.js';
export { TargetError } from './domain/errors.js';
export { observationImage } from './domain/images.js';
export { type NetworkAccess, readNetworkAccess, type UrlForm } from './domain/network-access.js';
export {
  type Caller,
  type Coverage,
  COVERAGES,
  type Credential,
  type CredentialName,
  type Holder,
  OWN_APPLICATION,
  type Pairing,
  PAIRINGS,
  type Proof,
  type Rotator,
  type Survey,
  type Usage,
} from './domain/rotating.js';
export { readAccess as readMysqlAccess } from './mysql/access.js';
export { type Query as MysqlQuery, withConnection as withMysql } from './mysql/connection.js';
export { type PostgresqlAccess, readAccess as readPostgresqlAccess } from './postgresql/access.js';
export { withConnection as withPostgresql } from './postgresql/connection.js';
export { readAccess as readRedisAccess } from './redis/access.js';
export { type Say as SayToRedis, withConnection as withRedis } from './redis/connection.js';
export { TargetDoors } from './target-doors.js';
export { type Bearer, TargetWork, type Work } from './target-work.js';
export { Targets } from './targets.service.js';
export { TargetsModule } from './targets.module.js';
