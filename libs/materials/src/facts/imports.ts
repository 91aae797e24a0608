import { sha256 } from '@noble/hashes/sha2.js';
import {
  canonicalBytes,
  toHex,
  type Certificate,
  type Element,
  type ImportFact,
  type Opened,
} from '#lib/documents';
import { isOf, type Recorded, type RecordedAs } from '../recorded.js';
import { positionOf, type Ancestor, type Ancestry } from './ancestry.js';

/** The facts that came with imports: those of the embedded certificates, and each import itself. */
export type ImportedFacts = Pick<
  Opened<Certificate>['credentialSubject'],
  'processes' | 'intakes' | 'handovers' | 'assays' | 'imports'
>;

/**
 * What other registries certified about imported ancestors, narrowed to the elements that reached
 * the certified batch. Facts are recognised; nobody's verdict is among them.
 */
export function importFacts({ ancestors }: Ancestry): ImportedFacts {
  const imported: ImportedFacts = {
    processes: [],
    intakes: [],
    handovers: [],
    assays: [],
    imports: [],
  };
  for (const ancestor of ancestors.values()) {
    if (!isOf(ancestor.maker, 'Import')) continue;
    const home = homeFacts(ancestor, ancestor.maker);
    imported.processes.push(...home.processes);
    imported.intakes.push(...home.intakes);
    imported.handovers.push(...home.handovers);
    imported.assays.push(...home.assays);
    imported.imports.push(...home.imports, importFact(ancestor, ancestor.maker));
  }
  return imported;
}

type Import = Recorded & RecordedAs<'Import'>;

function homeFacts({ elements: reached }: Ancestor, { signed }: Import): ImportedFacts {
  const facts = signed.statement.credentialSubject.certificate.credentialSubject;
  const narrow = (elements: readonly Element[]) =>
    elements.filter((element) => reached.includes(element));
  const narrowClaims = <T extends { elements: Element[] }>(claims: readonly T[]) =>
    claims
      .map((claim) => ({ ...claim, elements: narrow(claim.elements) }))
      .filter(({ elements }) => elements.length > 0);
  return {
    ...facts,
    processes: facts.processes.map((fact) => ({ ...fact, elements: narrow(fact.elements) })),
    intakes: facts.intakes.map((fact) => ({
      ...fact,
      elements: narrow(fact.elements),
      origins: narrowClaims(fact.origins),
      recycled: fact.recycled.filter(({ element }) => reached.includes(element)),
    })),
  };
}

function importFact({ id }: Ancestor, record: Import): ImportFact {
  const { release, home, certificate, recognition } = record.signed.statement.credentialSubject;
  return {
    at: positionOf(record),
    batch: id,
    release,
    homeBatch: home.batch,
    jurisdiction: home.jurisdiction,
    certificate: toHex(sha256(canonicalBytes(certificate))),
    recognition,
  };
}
