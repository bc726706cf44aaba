/** One line with `--json`. A metric's name carries its unit where it has one. */
export interface Figure {
  readonly bench: string;
  /** For example `8 clients`. */
  readonly case: string;
  readonly metric: string;
  readonly value: number | string;
  readonly unit: string;
}

/** Prints figures as they come: a JSON object a line, or a line a case for people. */
export class Figures {
  constructor(
    private readonly bench: string,
    private readonly json: boolean,
  ) {}

  /** Leaves out what cannot be said: there is no latency where nothing succeeded. */
  print(name: string, all: readonly Omit<Figure, 'bench' | 'case'>[]): void {
    const values = all.filter(({ value }) => typeof value === 'string' || Number.isFinite(value));
    const lines = this.json
      ? values.map((value) => JSON.stringify({ bench: this.bench, case: name, ...value } satisfies Figure))
      : [`${this.bench} · ${name}`, ...values.map(({ metric, value }) => `    ${metric.padEnd(30)} ${value}`)];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

export function figure(metric: string, value: number | string, unit: string): Omit<Figure, 'bench' | 'case'> {
  return { metric, value: typeof value === 'number' ? Number(value.toPrecision(4)) : value, unit };
}
