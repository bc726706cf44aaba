import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface AnsweredRequest {
  readonly method: string;
  /** The route's pattern, never the path that was asked for. */
  readonly route: string;
  readonly status: number;
  readonly listener: 'mutual' | 'open';
  readonly seconds: number;
}

/** What is measured, in Prometheus' form. Labels are few and bounded: no id, no address, no name. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = this.histogram('muster_http_request_duration_seconds', 'Time to answer a request.', [
    'method',
    'route',
    'status',
    'listener',
  ]);
  private readonly signerAnswers = this.histogram(
    'muster_signer_request_duration_seconds',
    'Time the signer took to answer.',
    ['method'],
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The exposition text; a gauge that fails is left out of it. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  requestAnswered({ seconds, status, ...labels }: AnsweredRequest): void {
    this.requests.observe({ ...labels, status: String(status) }, seconds);
  }

  signerAnswered(method: string, seconds: number): void {
    this.signerAnswers.observe({ method }, seconds);
  }

  /**
   * Adds a gauge that is read whenever somebody asks for the metrics, for example the sequencer's lag.
   *
   * @param read its value, or one for each state
   */
  gauge(name: string, help: string, read: () => GaugeReading | Promise<GaugeReading>): void {
    const collect = async function (this: Gauge) {
      this.reset();
      const reading = await Promise.resolve()
        .then(read)
        .catch(() => undefined);
      if (reading === undefined) return;
      if (typeof reading === 'number') return this.set(reading);
      for (const [state, value] of Object.entries(reading)) this.set({ state }, value);
    };
    new Gauge({ name, help, labelNames: ['state'], registers: [this.registry], collect });
  }

  private histogram<Label extends string>(name: string, help: string, labelNames: Label[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.registry] });
  }
}

export type GaugeReading = number | Readonly<Record<string, number>>;
