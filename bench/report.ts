import type { Latency } from './figures.js';

/** Collects what was measured, and tells of it as it comes. */
export class Report {
  readonly figures: Record<string, Record<string, unknown>> = {};
  readonly ratios: Record<string, number> = {};
  #section: Record<string, unknown> = {};

  constructor(private readonly say: (line: string) => void) {}

  /** Begins a part of the report. */
  section(name: string, title: string): void {
    this.#section = this.figures[name] = {};
    this.say(`\n${title}`);
  }

  /** A figure with what it counts, and how long single pieces of the work took. */
  rate(name: string, title: string, perSecond: number, unit: string, latency?: Latency): void {
    this.#section[name] = { perSecond: round(perSecond), ...(latency && { ms: rounded(latency) }) };
    const times = latency ? `   ${timesOf(latency)}` : '';
    this.say(`  ${title.padEnd(52)} ${grouped(perSecond).padStart(11)} ${unit}${times}`);
  }

  /** How long one piece of work takes, in milliseconds. */
  time(name: string, title: string, latency: Latency): void {
    this.#section[name] = { ms: rounded(latency) };
    this.say(`  ${title.padEnd(52)} ${timesOf(latency)}`);
  }

  /** Anything else that was measured. */
  value(name: string, title: string, value: number, unit: string): void {
    this.#section[name] = round(value);
    this.say(`  ${title.padEnd(52)} ${grouped(value).padStart(11)} ${unit}`);
  }

  /** A ratio of two figures of this run, and what it should reach. */
  ratio(name: string, title: string, value: number, wanted: string): void {
    this.ratios[name] = round(value);
    this.say(`  = ${title.padEnd(50)} ${value.toFixed(2).padStart(11)} (to reach: ${wanted})`);
  }

  /** What the reader must know beside the figures. */
  note(text: string): void {
    this.say(`  ${text}`);
  }
}

function timesOf({ p50, p99 }: Latency): string {
  return `p50 ${p50.toPrecision(3)} ms, p99 ${p99.toPrecision(3)} ms`;
}

function grouped(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

/** Four digits say more than a noisy machine can. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}

function rounded({ p50, p99 }: Latency): Latency {
  return { p50: round(p50), p99: round(p99) };
}
