import { Controller, Get, Header } from '@nestjs/common';
import { Access } from '#lib/http';
import { ReadHealth, type Health } from './read-health.js';

type Sample = [labels: string, value: number];

/** A gauge with its samples in the Prometheus text exposition format 0.0.4. */
function gauge(name: string, help: string, samples: readonly Sample[]): string[] {
  const lines = samples.map(([labels, value]) => `lodestone_${name}${labels} ${value}`);
  return [`# HELP lodestone_${name} ${help}`, `# TYPE lodestone_${name} gauge`, ...lines];
}

/** What is watched over time, for Prometheus. */
@Controller('metrics')
@Access('public')
export class MetricsController {
  constructor(private readonly health: ReadHealth) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('cache-control', 'no-store')
  async metrics(): Promise<string> {
    return `${metricsOf(await this.health.read()).join('\n')}\n`;
  }
}

function metricsOf({ status, treeSize, waiting, witnesses, quorumSize }: Health): string[] {
  const perWitness = (value: (each: Health['witnesses'][number]) => number) =>
    witnesses.map((each): Sample => [`{witness="${escapeLabel(each.name)}"}`, value(each)]);
  return [
    ...gauge('writable', '1 while statements are recorded.', [['', status === 'ready' ? 1 : 0]]),
    ...gauge('log_size', 'Entries in the log.', [['', treeSize]]),
    ...gauge('statements_waiting', 'Statements that wait for a batch.', [['', waiting]]),
    ...gauge(
      'witness_lag',
      'Entries that a witness has not cosigned.',
      perWitness((w) => w.lag),
    ),
    ...gauge(
      'witness_failing',
      '1 while a witness cannot be asked.',
      perWitness((w) => (w.problem === undefined ? 0 : 1)),
    ),
    ...gauge(
      'quorum_size',
      'Entries in the newest tree that the quorum cosigned.',
      quorumSize === null ? [] : [['', quorumSize]],
    ),
  ];
}

/** Backslash, quote and newline are escaped in a label's value. */
function escapeLabel(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}
