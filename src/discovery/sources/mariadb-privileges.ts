/**
 * Privileges on everything, as `access` in `mysql.global_priv` numbers them, the first bit first. Of roles, no view of the server's
 * shows them.
 *
 * @see https://mariadb.com/docs/server/reference/system-tables/the-mysql-database-tables/mysql-global_priv-table
 */
const PRIVILEGES = [
  ...[
    'SELECT',
    'INSERT',
    'UPDATE',
    'DELETE',
    'CREATE',
    'DROP',
    'RELOAD',
    'SHUTDOWN',
    'PROCESS',
    'FILE',
    'GRANT OPTION',
  ],
  ...['REFERENCES', 'INDEX', 'ALTER', 'SHOW DATABASES', 'SUPER', 'CREATE TEMPORARY TABLES', 'LOCK TABLES', 'EXECUTE'],
  ...[
    'REPLICATION SLAVE',
    'BINLOG MONITOR',
    'CREATE VIEW',
    'SHOW VIEW',
    'CREATE ROUTINE',
    'ALTER ROUTINE',
    'CREATE USER',
  ],
  ...['EVENT', 'TRIGGER', 'CREATE TABLESPACE', 'DELETE HISTORY', 'SET USER', 'FEDERATED ADMIN', 'CONNECTION ADMIN'],
  ...['READ_ONLY ADMIN', 'REPLICATION SLAVE ADMIN', 'REPLICATION MASTER ADMIN', 'BINLOG ADMIN', 'BINLOG REPLAY'],
  'SLAVE MONITOR',
];

/** @param access as JSON holds it: larger than a number here may be */
export function privilegesIn(access: string): readonly string[] {
  if (!/^\d{1,20}$/.test(access)) return [];
  const bits = BigInt(access);
  return PRIVILEGES.filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 1n);
}
