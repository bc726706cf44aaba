import type { MigrationInterface, QueryRunner } from 'typeorm';

/** More kinds of systems where identities have accounts, each with credentials of its own to rotate. */
export class TargetKinds1790000001900 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TARGET_KINDS);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const TARGET_KINDS = `
  ALTER TABLE muster.targets
    DROP CONSTRAINT targets_kind,
    ADD CONSTRAINT targets_kind CHECK (kind IN
      ('postgresql', 'mariadb', 'mysql', 'redis', 'rabbitmq', 'aws-iam', 'kubernetes', 'webhook'));
`;
