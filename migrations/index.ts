import type { MigrationInterface } from 'typeorm';
import { Platform1790000000100 } from './0001-platform.js';
import { Audit1790000000200 } from './0002-audit.js';
import { Custodians1790000000300 } from './0003-custodians.js';
import { Inventory1790000000400 } from './0004-inventory.js';
import { Approvals1790000000500 } from './0005-approvals.js';
import { Attestation1790000000600 } from './0006-attestation.js';
import { Issuance1790000000700 } from './0007-issuance.js';
import { Authenticators1790000000800 } from './0008-authenticators.js';
import { StepUp1790000000900 } from './0009-step-up.js';
import { Consent1790000001000 } from './0010-consent.js';
import { Search1790000001100 } from './0011-search.js';
import { DeviceSignIn1790000001200 } from './0012-device-sign-in.js';
import { Reviews1790000001300 } from './0013-reviews.js';
import { Targets1790000001400 } from './0014-targets.js';
import { TeamsRemoved1790000001500 } from './0015-teams-removed.js';
import { People1790000001600 } from './0016-people.js';
import { Rotation1790000001700 } from './0017-rotation.js';
import { Calendars1790000001800 } from './0018-calendars.js';
import { TargetKinds1790000001900 } from './0019-target-kinds.js';
import { UsageComplete1790000002000 } from './0020-usage-complete.js';
import { Discovery1790000002100 } from './0021-discovery.js';
import { RotationConsumers1790000002200 } from './0022-rotation-consumers.js';
import { DiscoveryScale1790000002400 } from './0024-discovery-scale.js';
import { SourceDeaths1790000002500 } from './0025-source-deaths.js';
import { UrgentRuns1790000002600 } from './0026-urgent-runs.js';

/** The schema, in order. A migration refers only to what those above it made. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  Platform1790000000100,
  Audit1790000000200,
  Custodians1790000000300,
  Inventory1790000000400,
  Approvals1790000000500,
  Attestation1790000000600,
  Issuance1790000000700,
  Authenticators1790000000800,
  StepUp1790000000900,
  Consent1790000001000,
  Search1790000001100,
  DeviceSignIn1790000001200,
  Reviews1790000001300,
  Targets1790000001400,
  TeamsRemoved1790000001500,
  People1790000001600,
  Rotation1790000001700,
  Calendars1790000001800,
  TargetKinds1790000001900,
  UsageComplete1790000002000,
  Discovery1790000002100,
  RotationConsumers1790000002200,
  DiscoveryScale1790000002400,
  SourceDeaths1790000002500,
  UrgentRuns1790000002600,
];
