import { registryDidDocument, signDocument } from '#lib/credentials';
import type { BundleRegistry, EvidenceBundle, Trust } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { formatTlogProof, formatVerifierKey, parseTlogProof } from '#lib/tlog';
import { inspectBundle, type Report } from '#lib/verification';
import { edited } from '../support/bundle-editing.js';
import { journey, magnetBundle, trustOf, type Evidence } from '../support/evidence.js';
import { aKey, aWitness, sha256 } from '../support/memory-keys.js';
import { MemoryLog } from '../support/memory-log.js';
import { checkNamed, failures, troubles } from '../support/report-reading.js';

let evidence: Evidence;
let bytes: Uint8Array;

beforeAll(async () => {
  evidence = await journey();
  bytes = await magnetBundle(evidence);
});

const inspect = (trust: Trust, at = evidence.us.now): Promise<Report> =>
  inspectBundle(nodeCrypto, bytes, trust, { at });

const inspectEdited = (edit: (bundle: EvidenceBundle) => void): Promise<Report> =>
  inspectBundle(nodeCrypto, edited(bytes, edit), trustOf(evidence), { at: evidence.us.now });

const americanBlock = ({ registries }: EvidenceBundle): BundleRegistry =>
  registries.find(({ origin }) => origin === evidence.us.origin)!;

describe('whom the reader trusts', () => {
  it('a registry that is not in the trust file is not believed, though the other recognises it', async () => {
    const report = await inspect(trustOf(evidence, { registries: [evidence.us.trusted] }));
    expect(failures(report)).toEqual(['registry-trusted']);
    expect(checkNamed(report, 'registry-trusted').detail).toContain(evidence.au.registry);
    expect(troubles(report)['checkpoint-signed']).toBe('cannot-tell');
  });

  it('a registry is not believed under another log key', async () => {
    const { au, us } = evidence;
    const other = new MemoryLog('AU', au.domain, au.now);
    const report = await inspect(trustOf(evidence, { registries: [other.trusted, us.trusted] }));
    expect(failures(report)).toEqual(['registry-trusted']);
    expect(checkNamed(report, 'registry-trusted').detail).toMatch(/logKey/);
  });

  it('two witnesses are demanded where only one has cosigned', async () => {
    const stranger = aWitness('witness.nz.example');
    const policy = evidence.policy.replace(
      /witness witness\.us\.example \S+/,
      `witness witness.us.example ${formatVerifierKey(stranger.key)}`,
    );
    const report = await inspect(trustOf(evidence, { witnessPolicy: policy }));
    expect(failures(report)).toEqual(['witness-quorum']);
    expect(checkNamed(report, 'witness-quorum').detail).toMatch(/not met/);
  });

  it('a witness policy that cannot be read is no reason to accept', async () => {
    const report = await inspect(trustOf(evidence, { witnessPolicy: 'quorum nobody\n' }));
    expect(failures(report)).toEqual(['witness-quorum']);
  });

  it('a policy without a quorum leaves the question open, and does not accept', async () => {
    const report = await inspect(trustOf(evidence, { witnessPolicy: 'quorum none\n' }));
    expect(report.accepted).toBe(false);
    expect(troubles(report)).toMatchObject({ 'witness-quorum': 'cannot-tell' });
  });
});

describe('how old the evidence may be', () => {
  it('a bundle kept for longer than the trust file allows is stale', async () => {
    const report = await inspect(trustOf(evidence), daysAfter(2));
    expect(failures(report)).toEqual(['freshness']);
  });

  it('a cosignature from the reader’s future is not fresh', async () => {
    expect(failures(await inspect(trustOf(evidence), daysAfter(-1)))).toContain('freshness');
  });

  it('evidence that no trusted witness has dated cannot be called fresh', async () => {
    const trust = trustOf(evidence);
    delete trust.witnessPolicy;
    const report = await inspect(trust);
    expect(report.accepted).toBe(false);
    expect(troubles(report).freshness).toBe('cannot-tell');
  });

  it('a certificate is not valid once it has expired', async () => {
    const trust = trustOf(evidence, { maximumAgeSeconds: 4_000_000_000 });
    const report = await inspect(trust, daysAfter(900));
    expect(failures(report)).toEqual(['certificate-in-force']);
  });

  it('a time of judgement that is none is said to be none', async () => {
    const report = await inspect(trustOf(evidence), 'tomorrow');
    expect(troubles(report)).toMatchObject({ 'certificate-in-force': 'cannot-tell' });
    expect(report.accepted).toBe(false);
  });
});

describe('a registry that shows two faces', () => {
  it('is caught with two roots for one size', async () => {
    const other = evidence.us.checkpoint(new Uint8Array(32));
    const report = await inspectEdited(({ records }) => {
      const record = records.at(-1)!;
      const proof = parseTlogProof(record.proof);
      record.proof = formatTlogProof({ ...proof, checkpoint: other });
    });
    expect(failures(report)).toContain('checkpoint-signed');
    expect(checkNamed(report, 'checkpoint-signed').detail).toMatch(/forked/);
  });

  it('cannot slip another key into its DID document', async () => {
    const added = aKey().publicKeyMultibase;
    const report = await inspectEdited((bundle) => {
      const block = americanBlock(bundle);
      const id = `${block.registry}#${added}`;
      const document = block.didDocument as unknown as {
        verificationMethod: object[];
        assertionMethod: string[];
        authentication: string[];
      };
      const method = {
        id,
        type: 'Multikey',
        controller: block.registry,
        publicKeyMultibase: added,
      };
      document.verificationMethod.push(method);
      document.assertionMethod.push(id);
      document.authentication.push(id);
    });
    expect(failures(report)).toEqual(['registry-did-document']);
    expect(checkNamed(report, 'registry-did-document').detail).toContain(added);
  });

  it.each<[string, (block: BundleRegistry) => void]>([
    ['is no DID document', (block) => (block.didDocument = { id: 'did:web:x' })],
    ['says more than its keys', (block) => (block.didDocument.alsoKnownAs = ['did:web:x'])],
    ['lacks its key', (block) => (block.didDocument = didDocumentWithout(block))],
  ])('cannot bring a DID document that %s', async (_, edit) => {
    const report = await inspectEdited((bundle) => edit(americanBlock(bundle)));
    expect(failures(report)).toContain('registry-did-document');
  });
});

describe('a log that names another registry than the trust file does', () => {
  it.each<[string, Partial<BundleRegistry>]>([
    ['jurisdiction', { jurisdiction: 'NZ' }],
    ['registry', { registry: 'did:web:registry.nz.example' }],
  ])('is not that registry’s: %s', async (name, claim) => {
    const { au, us } = evidence;
    const altered = edited(bytes, (bundle) => Object.assign(americanBlock(bundle), claim));
    const trust = trustOf(evidence, { registries: [au.trusted, { ...us.trusted, ...claim }] });
    const report = await inspectBundle(nodeCrypto, altered, trust, { at: us.now });
    expect(failures(report)).toContain('registry-did-document');
    const { evidence: faults } = checkNamed(report, 'registry-did-document');
    expect(faults.join()).toMatch(new RegExp(`Entry 0 of \\S+ names (the )?${name}`));
  });

  it('cannot be proved by the checkpoint of another log, though the trust file mixes up the keys', async () => {
    const { au, us } = evidence;
    const altered = edited(bytes, ({ registries, records }) => {
      registries.find(({ origin }) => origin === au.origin)!.logKey = us.logKey;
      const proof = parseTlogProof(records[0]!.proof);
      records[0]!.proof = formatTlogProof({ ...proof, checkpoint: us.checkpoint() });
    });
    const trust = trustOf(evidence, {
      registries: [{ ...au.trusted, logKey: us.logKey }, us.trusted],
    });
    const report = await inspectBundle(nodeCrypto, altered, trust, { at: us.now });
    const { evidence: faults } = checkNamed(report, 'checkpoint-signed');
    expect(faults.join()).toContain(`The checkpoint is of "${us.origin}"`);
  });
});

describe('status lists', () => {
  it('that have run out leave the reader not knowing', async () => {
    const trust = trustOf(evidence, { maximumAgeSeconds: 30 * 86_400 });
    const report = await inspect(trust, daysAfter(8));
    expect(report.accepted).toBe(false);
    expect(troubles(report)).toEqual({
      'not-revoked': 'cannot-tell',
      'not-suspended': 'cannot-tell',
    });
    expect(checkNamed(report, 'not-revoked').detail).toMatch(/held only until/);
  });

  it('that a stranger issued in its own name are not the registry’s', async () => {
    const stranger = aKey();
    const { proof: _, ...list } = (await evidence.us.block()).statusLists[0]!;
    const own = { ...list, issuer: stranger.did };
    const signed = await signDocument(sha256, own, stranger, { created: evidence.us.now });
    const report = await inspectEdited((bundle) => {
      americanBlock(bundle).statusLists[0] = signed as never;
    });
    expect(checkNamed(report, 'not-revoked').detail).toMatch(/issued by another/);
  });

  it('that do not say as at when are of no use', async () => {
    const { us } = evidence;
    const { proof: _, validFrom: __, ...list } = (await us.block()).statusLists[0]!;
    const signed = await signDocument(sha256, list, us.key, { created: us.now });
    const report = await inspectEdited((bundle) => {
      americanBlock(bundle).statusLists[0] = signed as never;
    });
    expect(checkNamed(report, 'not-revoked').detail).toMatch(/as at when/);
  });

  it('that are missing leave the reader not knowing', async () => {
    const report = await inspectEdited((bundle) => (americanBlock(bundle).statusLists = []));
    expect(report.accepted).toBe(false);
    expect(troubles(report)).toEqual({
      'not-revoked': 'cannot-tell',
      'not-suspended': 'cannot-tell',
    });
  });

  it('that another key signed are forged', async () => {
    const stranger = aKey();
    const { proof: _, ...list } = (await evidence.us.block()).statusLists[0]!;
    const forged = await signDocument(sha256, list, stranger, { created: evidence.us.now });
    const report = await inspectEdited((bundle) => {
      americanBlock(bundle).statusLists[0] = forged as never;
    });
    expect(failures(report)).toEqual(['not-revoked', 'not-suspended']);
    expect(checkNamed(report, 'not-revoked').detail).toMatch(/proof-invalid/);
  });

  it('of the other registry do not speak for this one', async () => {
    const { statusLists } = await evidence.au.block();
    const report = await inspectEdited((bundle) => {
      americanBlock(bundle).statusLists = statusLists;
    });
    expect(failures(report)).toEqual(['not-revoked', 'not-suspended']);
  });
});

function didDocumentWithout({ registry }: BundleRegistry): BundleRegistry['didDocument'] {
  return registryDidDocument(registry, []) as unknown as BundleRegistry['didDocument'];
}

function daysAfter(days: number): string {
  return new Date(Date.parse(evidence.us.now) + days * 86_400_000).toISOString();
}
