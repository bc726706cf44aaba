/** Runs SQL and returns its rows, on whatever connection or transaction the caller has. */
export type Query = <Row>(sql: string, parameters?: readonly unknown[]) => Promise<Row[]>;
