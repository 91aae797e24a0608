import type { Country, Element, Form, Ruleset, Step } from '#lib/documents';
import type { CertificateFacts } from '#lib/materials';
import { parseRuleset, type IntakeFact, type ProcessFact } from '#lib/rules';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** SHA-256 for tests. */
export const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest());

/** A ruleset as it ships in schemas/rulesets/. */
export function shipped(version: '2024-05' | '2027-01'): Ruleset {
  const file = `schemas/rulesets/us-dfars-252.225-7052.${version}.json`;
  return parseRuleset(new Uint8Array(readFileSync(file)));
}

/** The DID of a fictitious party. */
export const party = (name: string): string =>
  `did:key:z6Mk${name
    .replaceAll(/[^a-km-z]/g, '')
    .padEnd(44, 'x')
    .slice(0, 44)}`;

/** A batch id in a party's name. */
export const batch = (holder: string, name: string): string => `${party(holder)}/batches/${name}`;

/** The digest of the statement that a fact rests on. */
export const digest = (name: string): string => createHash('sha256').update(name).digest('hex');

const position = (origin: string, name: string) => ({ origin, index: 1, statement: digest(name) });

const declared = (name: string) => ({
  level: 'self-declared' as const,
  statements: [digest(name)],
});

/** A process of `operator` in `country`: `name` is the name of its first output. */
export function process(
  operator: string,
  country: Country,
  steps: Step[],
  elements: Element[],
  inputs: string[],
  outputs: string[],
): ProcessFact {
  const name = `${operator} ${steps.join(' ')} ${outputs.join(' ')}`;
  return {
    at: position(country === 'AU' ? 'au.example/log' : 'us.example/log', name),
    steps,
    elements,
    inputs,
    outputs,
    facility: { id: `${party(operator)}/facilities/plant`, country, registered: digest(operator) },
    operator: party(operator),
    start: '2026-03-01T00:00:00Z',
    end: '2026-03-02T00:00:00Z',
    assurance: declared(name),
  };
}

/** Material that `holder` took in, with origins as [step, country] for all its elements. */
export function intake(
  holder: string,
  name: string,
  form: Form,
  elements: Element[],
  origins: [Step, Country][],
): IntakeFact {
  return {
    at: position('us.example/log', `intake ${name}`),
    batch: batch(holder, name),
    form,
    source: form === 'scrap' ? 'collected-scrap' : 'bought-in',
    elements,
    origins: origins.map(([step, country]) => ({
      elements,
      step,
      country,
      assurance: declared(`intake ${name}`),
    })),
    holder: party(holder),
    recycled: [],
  };
}

const RARE: Element[] = ['Nd', 'Pr'];
const ALL: Element[] = ['B', 'Fe', 'Nd', 'Pr'];

const base = (name: string) => ({
  id: batch('magnetmaker', 'magnets'),
  form: 'magnet' as const,
  quantity: { value: '100', unit: 'KGM' as const, basis: 'net' as const },
  quantityAssurance: declared(name),
  compositionAssurance: declared(name),
  custodyModel: 'segregated' as const,
  custodian: party('magnetmaker'),
  owner: party('magnetmaker'),
  handovers: [] as CertificateFacts['handovers'],
  assays: [],
  imports: [] as CertificateFacts['imports'],
  recycled: [],
  flags: [],
  conformity: 'record' as const,
});

/**
 * Everything is known and nothing is prohibited: ore mined and separated in Australia, released to
 * the United States, a part of it reduced there, melted with declared iron and boron, and finished.
 */
export function ndfebMagnet(): CertificateFacts {
  const oxide = batch('oxidemaker', 'oxide');
  const imported = batch('trader', 'oxide');
  const part = batch('metalmaker', 'oxide-part');
  const [metal, alloy] = [batch('metalmaker', 'metal'), batch('alloymaker', 'alloy')];
  const blocks = batch('magnetmaker', 'blocks');
  const iron = batch('alloymaker', 'iron');
  const boron = batch('alloymaker', 'ferroboron');
  const magnets = batch('magnetmaker', 'magnets');
  const ore = batch('miner', 'ore');
  return {
    ...base('ndfeb'),
    composition: [
      { substance: 'Nd', percent: '22.5' },
      { substance: 'Pr', percent: '7.0' },
      { substance: 'Fe', percent: '69.0' },
      { substance: 'B', percent: '1.0' },
    ],
    processes: [
      process('miner', 'AU', ['mine'], RARE, [], [ore]),
      process(
        'oxidemaker',
        'AU',
        ['beneficiate', 'crack', 'separate', 'calcine'],
        RARE,
        [ore],
        [oxide, batch('oxidemaker', 'ceria')],
      ),
      process('metalmaker', 'US', ['reduce'], RARE, [part], [metal]),
      process('alloymaker', 'US', ['cast'], ALL, [metal, iron, boron], [alloy]),
      process(
        'magnetmaker',
        'US',
        ['decrepitate', 'mill', 'press', 'sinter'],
        ALL,
        [alloy],
        [blocks, batch('magnetmaker', 'swarf')],
      ),
      process('magnetmaker', 'US', ['machine', 'magnetise'], ALL, [blocks], [magnets]),
    ],
    intakes: [
      intake(
        'alloymaker',
        'iron',
        'metal',
        ['Fe'],
        [
          ['mine', 'SE'],
          ['reduce', 'SE'],
        ],
      ),
      intake(
        'alloymaker',
        'ferroboron',
        'alloy',
        ['B', 'Fe'],
        [
          ['mine', 'TR'],
          ['reduce', 'TR'],
        ],
      ),
    ],
    handovers: [
      {
        at: position('us.example/log', 'handover'),
        batch: imported,
        newBatch: part,
        from: party('trader'),
        to: party('metalmaker'),
        receivedAt: '2026-02-01T00:00:00Z',
      },
    ],
    imports: [
      {
        at: position('us.example/log', 'import'),
        batch: imported,
        homeBatch: oxide,
        release: position('au.example/log', 'release'),
        jurisdiction: 'AU',
        certificate: digest('home certificate'),
        recognition: `${party('authority')}/recognitions/au`,
      },
    ],
  };
}

/** A samarium-cobalt magnet of samarium and cobalt bought in with every origin declared. */
export function smcoMagnet(): CertificateFacts {
  const elements: Element[] = ['Co', 'Sm'];
  const magnets = batch('magnetmaker', 'magnets');
  const [samarium, cobalt] = [batch('magnetmaker', 'sm'), batch('magnetmaker', 'co')];
  return {
    ...base('smco'),
    composition: [
      { substance: 'Sm', percent: '34' },
      { substance: 'Co', percent: '65' },
    ],
    processes: [
      process(
        'magnetmaker',
        'US',
        ['cast', 'mill', 'press', 'sinter', 'magnetise'],
        elements,
        [samarium, cobalt],
        [magnets],
      ),
    ],
    intakes: [
      intake(
        'magnetmaker',
        'sm',
        'metal',
        ['Sm'],
        [
          ['mine', 'AU'],
          ['separate', 'MY'],
          ['reduce', 'FR'],
        ],
      ),
      intake(
        'magnetmaker',
        'co',
        'metal',
        ['Co'],
        [
          ['mine', 'AU'],
          ['reduce', 'FI'],
        ],
      ),
    ],
  };
}

/** Recycled NdFeB: collected magnets of unknown origin, milled and sintered in the United States. */
export function recycledMagnet(): CertificateFacts {
  const scrap = intake('recycler', 'scrap', 'scrap', ALL, []);
  const powder = batch('recycler', 'powder');
  const shares = RARE.map((element) => ({ element, preConsumer: '0', postConsumer: '100' }));
  return {
    ...ndfebMagnet(),
    processes: [
      process('recycler', 'US', ['recycle', 'decrepitate', 'mill'], ALL, [scrap.batch], [powder]),
      process(
        'magnetmaker',
        'US',
        ['press', 'sinter', 'machine', 'magnetise'],
        ALL,
        [powder],
        [batch('magnetmaker', 'magnets')],
      ),
    ],
    intakes: [{ ...scrap, recycled: shares }],
    handovers: [],
    imports: [],
    recycled: shares,
  };
}
