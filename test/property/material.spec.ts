import fc from 'fast-check';
import {
  MATERIAL_DECIDERS,
  readBatch,
  replay,
  walkProvenance,
  type BatchState,
} from '#lib/materials';
import { Problem } from '#lib/problem';
import { didOf } from '../support/recording-ledger.js';
import { batchId, composition, makeSubject, mass, output } from '../support/statements.js';
import { Outback } from '../materials/outback.js';

/** Attempts at something; most numbers are indices into what there is, taken modulo. */
type Entering = { kind: 'mine' | 'intake'; kilograms: number; neodymium: number };
type Making = {
  kind: 'make';
  steps: Steps;
  sources: number[];
  share: number;
  gain: number;
  scrap: boolean;
};
type Handing = { kind: 'hand over'; source: number; share: number };
type Attempt = Entering | Making | Handing;

type Steps = 'reduce' | 'cast' | 'recycle' | 'split' | 'blend';

const attempt: fc.Arbitrary<Attempt> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('mine' as const, 'intake' as const),
    kilograms: fc.integer({ min: 1, max: 1000 }),
    neodymium: fc.integer({ min: 0, max: 100 }),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('make' as const),
      steps: fc.constantFrom<Steps[]>('reduce', 'cast', 'recycle', 'split', 'blend'),
      sources: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      share: fc.integer({ min: 1, max: 110 }),
      gain: fc.integer({ min: 50, max: 105 }),
      scrap: fc.boolean(),
    }),
  },
  fc.record({
    kind: fc.constant('hand over' as const),
    source: fc.nat(),
    share: fc.integer({ min: 1, max: 100 }),
  }),
);

const PARTIES = ['separator', 'magnetmaker'];
const FORM = { reduce: 'metal', cast: 'alloy', recycle: 'alloy' } as const;

/** A ledger on which anything may be attempted; what the rules refuse simply does not happen. */
class Yard extends Outback {
  readonly names: string[] = [];

  attempt(what: Attempt): void {
    const name = `B-${this.names.length}-${this.records.length}`;
    try {
      if (what.kind === 'make') this.produce(name, what);
      else if (what.kind === 'hand over') this.part(name, what);
      else this.enter(name, what);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }

  private enter(name: string, what: Entering): void {
    const material = {
      quantity: mass(String(what.kilograms)),
      composition: composition({
        Nd: String(what.neodymium),
        Fe: String(100 - what.neodymium),
      }),
    };
    const id =
      what.kind === 'mine'
        ? this.concentrate(name, { ...material, custodyModel: 'segregated' })
        : this.intake('separator', this.works, name, { form: 'oxide', ...material });
    this.names.push(id);
    if (what.kind === 'mine') this.move('miner', 'separator', id, material.quantity);
  }

  private produce(name: string, what: Making): void {
    const batches = [...new Set(what.sources.flatMap((index) => this.pick(index) ?? []))];
    const first = batches[0];
    if (!first) return;
    const party = this.holder(first);
    const inputs = batches.map((batch) => [batch.id, part(batch, what.share)] as const);
    const drawn =
      batches.reduce((sum, { leftMg }) => sum + BigInt(leftMg), 0n) * BigInt(what.share);
    const massMg = (drawn * BigInt(what.gain)) / 10_000n;
    const form = what.steps === 'split' || what.steps === 'blend' ? first.form : FORM[what.steps];
    const half = (suffix: string, as: string) =>
      output(batchId(didOf(party), name + suffix), {
        form: as,
        quantity: milligrams(massMg / 2n),
        composition: first.composition,
      });
    const outputs = [half('a', form), half('b', what.scrap ? 'scrap' : form)];
    const facility = party === 'separator' ? this.works : this.plant;
    const times = { start: this.clock(), end: this.clock() };
    this.say(party, 'MakeEvent', makeSubject(facility, [what.steps], inputs, outputs, times));
    this.names.push(...outputs.map(({ id }) => id));
  }

  private part(name: string, { source, share }: Handing): void {
    const batch = this.pick(source);
    if (!batch) return;
    const from = this.holder(batch);
    const to = PARTIES.find((party) => party !== from)!;
    const id = batchId(didOf(to), name);
    this.move(from, to, batch.id, part(batch, share), share === 100 ? undefined : id);
    if (share !== 100) this.names.push(id);
  }

  private move(from: string, to: string, id: string, quantity: object, newBatch?: string): void {
    const offer = this.offer(from, to, id, quantity, { dispatchedAt: this.clock() });
    const change = newBatch === undefined ? {} : { newBatch };
    this.answer(to, offer, id, { receivedAt: this.clock(), ...change });
  }

  /** Ten minutes pass with every statement. */
  private clock(): string {
    return new Date(Date.UTC(2026, 2, 3) + this.records.length * 600_000).toISOString();
  }

  private pick(index: number): BatchState | undefined {
    const name = this.names[index % Math.max(1, this.names.length)];
    return name === undefined ? undefined : this.batch(name);
  }

  private holder({ custodian }: BatchState): string {
    return PARTIES.find((party) => didOf(party) === custodian) ?? 'miner';
  }
}

const milligrams = (massMg: bigint) => mass(String(massMg), 'MGM');
const part = ({ leftMg }: BatchState, share: number) =>
  milligrams((BigInt(leftMg) * BigInt(share)) / 100n);

/**
 * What every element amounts to by definition, in hundredths of a milligram: mass times percent, for
 * these compositions are of pure elements in whole per cent.
 */
function book(ledger: Yard) {
  const entered = new Map<string, bigint>();
  const present = new Map<string, bigint>();
  const add = (sums: Map<string, bigint>, batch: BatchState, massMg: string) => {
    for (const { substance, percent } of batch.composition)
      sums.set(substance, (sums.get(substance) ?? 0n) + BigInt(massMg) * BigInt(percent));
  };
  for (const id of ledger.names) {
    const batch = ledger.batch(id);
    add(present, batch, batch.leftMg);
  }
  for (const { signed } of ledger.records) {
    const { statement } = signed;
    const made =
      statement.type[1] === 'Intake'
        ? [statement.credentialSubject as { id: string }]
        : statement.type[1] === 'MakeEvent'
          ? minedBy(statement.credentialSubject as never)
          : [];
    for (const { id } of made) add(entered, ledger.batch(id), ledger.batch(id).massMg);
  }
  return { entered, present };
}

const minedBy = (event: { inputs: unknown[]; outputs: { id: string }[] }) =>
  event.inputs.length === 0 ? event.outputs : [];

describe('whatever is attempted', () => {
  it('no element is ever booked beyond what entered, after every single statement', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(attempt, { minLength: 5, maxLength: 30 }), (attempts) => {
        const ledger = new Yard();
        for (const each of attempts) {
          ledger.attempt(each);
          const { entered, present } = book(ledger);
          for (const [element, amount] of present)
            expect(amount <= (entered.get(element) ?? 0n)).toBe(true);
          for (const id of ledger.names) expect(BigInt(ledger.batch(id).leftMg) >= 0n).toBe(true);
        }
        accepted += ledger.records.length - new Outback().records.length;
      }),
      { numRuns: 60 },
    );
    expect(accepted).toBeGreaterThan(200);
  });

  it('the provenance of any batch replays to the state that the whole log has of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(attempt, { minLength: 5, maxLength: 25 }),
        fc.nat(),
        async (attempts, index) => {
          const ledger = new Yard();
          for (const each of attempts) ledger.attempt(each);
          const id = ledger.names[index % Math.max(1, ledger.names.length)];
          if (id === undefined) return;
          const { records } = await walkProvenance({ history: ledger.history }, id);
          const state = replay(records, MATERIAL_DECIDERS);
          expect(readBatch(state, id)).toEqual(ledger.batch(id));
        },
      ),
      { numRuns: 60 },
    );
  });
});
