import { base64 } from '@scure/base';
import { pc } from '../colours.js';
import {
  indexDisclosures,
  openWith,
  parseJson,
  type Composition,
  type Element,
  type EvidenceBundle,
  type Intake,
  type MakeEvent,
  type Opened,
  type Quantity,
  type Statement,
} from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { contentsOf, formatKilograms, inputMilligrams, parseMass } from '#lib/materials';
import type { Narrator } from './narrator.js';

/** Milligrams per element. */
class Tally extends Map<Element, bigint> {
  book(quantity: Quantity, composition: Composition | undefined): void {
    if (!composition) return;
    const { massMg } = parseMass(quantity, 'down', '');
    for (const [element, mg] of inputMilligrams(contentsOf(massMg, composition)))
      this.set(element, this.of(element) + mg);
  }

  of(element: Element): bigint {
    return this.get(element) ?? 0n;
  }
}

/** What the statements of one bundle say went in, and where it went. */
class Balance {
  readonly entered = new Tally();
  readonly drawn = new Tally();
  readonly made = new Tally();
  readonly certified = new Tally();
  readonly lost = new Tally();
  private readonly compositions = new Map<string, Composition>();

  constructor(private readonly certifiedBatch: string) {}

  read({ type, credentialSubject: subject }: Opened<Statement>): void {
    if (type[1] === 'Intake') this.readIntake(subject as Opened<Intake>['credentialSubject']);
    if (type[1] === 'MakeEvent') this.readMake(subject as Opened<MakeEvent>['credentialSubject']);
    if (type[1] === 'HandoverAnswer') {
      const { batch, newBatch } = subject as { batch: string; newBatch?: string };
      if (newBatch !== undefined) this.rename(batch, newBatch);
    }
    if (type[1] === 'Import') {
      const { id, home } = subject as unknown as { id: string; home: { batch: string } };
      this.rename(home.batch, id);
    }
  }

  /** Not certified and not lost: what lies in stock, in other products and in scrap. */
  elsewhere(element: Element): bigint {
    return (
      this.entered.of(element) +
      this.made.of(element) -
      this.drawn.of(element) -
      this.certified.of(element)
    );
  }

  /** Drawn as input, and neither made into anything nor stated as a loss. */
  unbooked(element: Element): bigint {
    return this.drawn.of(element) - this.made.of(element) - this.lost.of(element);
  }

  private readIntake({ id, quantity, composition }: Opened<Intake>['credentialSubject']): void {
    this.compositions.set(id, composition);
    this.entered.book(quantity, composition);
  }

  private readMake({ inputs, outputs, losses }: Opened<MakeEvent>['credentialSubject']): void {
    for (const { batch, quantity } of inputs)
      this.drawn.book(quantity, this.compositions.get(batch));
    for (const { id, quantity, composition } of outputs) {
      this.compositions.set(id, composition);
      (inputs.length === 0 ? this.entered : this.made).book(quantity, composition);
      if (id === this.certifiedBatch) this.certified.book(quantity, composition);
    }
    if (inputs.length > 0)
      for (const { quantity, composition } of losses) this.lost.book(quantity, composition);
  }

  private rename(before: string, after: string): void {
    const composition = this.compositions.get(before);
    if (composition) this.compositions.set(after, composition);
  }
}

/**
 * Adds up every element over the statements of an evidence bundle and prints the table. True when
 * the columns add up to what entered, and no more was ever booked out than in.
 */
export function tellBalance(bytes: Uint8Array, certifiedBatch: string, tell: Narrator): boolean {
  const bundle = parseJson(bytes) as unknown as EvidenceBundle;
  const disclosures = indexDisclosures(nodeCrypto.sha256, bundle.disclosures);
  const statements = bundle.records.map(
    ({ statement }) =>
      openWith(parseJson(base64.decode(statement)), disclosures) as Opened<Statement>,
  );
  const balance = new Balance(certifiedBatch);
  statements.forEach((statement) => balance.read(statement));
  tell.say();
  tell.say(`  ${pc.bold('Elemental balance')}, kg, of everything that the bundle tells of`);
  tell.say(
    pc.dim(
      `  ${columns('', 'entered', 'these magnets', 'elsewhere', 'lost, stated', 'not recovered')}`,
    ),
  );
  let closes = true;
  for (const element of [...balance.entered.keys()].sort()) {
    const parts = [
      balance.certified.of(element),
      balance.elsewhere(element),
      balance.lost.of(element),
      balance.unbooked(element),
    ];
    const sum = parts.reduce((a, b) => a + b, 0n);
    closes &&= sum === balance.entered.of(element) && parts.every((part) => part >= 0n);
    tell.say(`  ${columns(element, ...[balance.entered.of(element), ...parts].map(kilograms))}`);
  }
  tell.say(
    `  ${closes ? pc.green('closes') : pc.red('does not close')}: every row adds up, and no element came out that did not go in`,
  );
  return closes;
}

function columns(first: string, ...rest: string[]): string {
  return first.padEnd(4) + rest.map((each) => each.padStart(15)).join('');
}

/** To the milligram, as the ledger keeps it: a row that is rounded seldom adds up. */
function kilograms(mg: bigint): string {
  const [whole, decimals = ''] = formatKilograms(mg < 0n ? -mg : mg).split('.');
  return `${mg < 0n ? '-' : ''}${whole}.${decimals.padEnd(6, '0')}`;
}
