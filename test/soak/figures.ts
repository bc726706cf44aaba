/** Prints what was measured, one object a line, in the form that the benches use. */
export function tell(
  bench: string,
  name: string,
  figures: readonly (readonly [metric: string, value: number, unit: string])[],
): void {
  for (const [metric, value, unit] of figures)
    process.stdout.write(`${JSON.stringify({ bench, case: name, metric, value: rounded(value), unit })}\n`);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
