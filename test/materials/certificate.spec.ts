import { refusal } from '../support/recording-ledger.js';
import {
  assaySubject,
  certificateId,
  mass,
  originSubject,
  statusSubject,
  type Change,
} from '../support/statements.js';
import { isLive, readCertificate } from '#lib/materials';
import {
  inMarch,
  METAL_PIECE,
  metalMade,
  Outback,
  REGISTRY,
  REGISTRY_KEY_NAME,
  separatorBatch,
} from './outback.js';

const ID = '/credentialSubject/id';
const FIRST = certificateId(REGISTRY, 1);
const SECOND = certificateId(REGISTRY, 2);

const supersede = (ledger: Outback, change: Change = {}) =>
  ledger.say(
    REGISTRY,
    'StatusChange',
    statusSubject('certificate', FIRST, 'supersede', { supersededBy: SECOND, ...change }),
    { by: [REGISTRY_KEY_NAME] },
  );

describe('a certificate', () => {
  it('is issued by this registry, in its own name, under a valid key', async () => {
    const { ledger, metal } = metalMade();
    const facts = await ledger.facts(metal);
    const elsewhere = 'did:web:elsewhere.example';
    const issue = (id: string) => () => ledger.issue(id, facts, 1);
    refusal(issue(certificateId(elsewhere, 1)), 'not-issuer-scoped', '/id');
    issue(FIRST)();
    refusal(issue(FIRST), 'already-registered', '/id');
  });

  it('is refused under another registry’s name, or a key that was revoked', async () => {
    const { ledger, metal } = metalMade();
    const facts = await ledger.facts(metal);
    const { signed } = ledger.issue(FIRST, facts, 1);
    const { credentialSubject, credentialStatus, validUntil } = signed.statement as never as Change;
    const attempt = (issuer: string, by: string) => () =>
      ledger.say(issuer, 'Certificate', credentialSubject as Change, {
        by: [by],
        members: { id: `${issuer}/certificates/${'0'.repeat(32)}`, validUntil, credentialStatus },
      });
    refusal(attempt('did:web:elsewhere.example', REGISTRY_KEY_NAME), 'not-issuer', '/issuer');
    refusal(attempt(REGISTRY, 'stranger'), 'key-not-valid', '/proof');
  });

  it('is refused without an id of its own', async () => {
    const { ledger, metal } = metalMade();
    const facts = await ledger.facts(metal);
    refusal(() => ledger.issue(undefined, facts, 1), 'schema-violation', '/id');
  });

  it('is refused for what is not certifiable: concentrate, what is spent, what is held back', async () => {
    const { ledger, oxide, metal } = metalMade();
    const certify = async (batch: string) => {
      const facts = await ledger.facts(batch);
      return () => ledger.issue(FIRST, facts, 1);
    };
    refusal(await certify(ledger.concentrate()), 'not-certifiable', ID);
    refusal(await certify(oxide), 'not-certifiable', ID);
    ledger.offer('separator', 'magnetmaker', metal, mass('1'));
    refusal(await certify(metal), 'batch-in-transit', ID);
    ledger.say('authority', 'StatusChange', statusSubject('batch', metal, 'suspend'));
    refusal(await certify(metal), 'batch-not-active', ID);
  });

  it('is refused for a batch that the ledger does not hold', async () => {
    const { ledger, metal } = metalMade();
    const facts = { ...(await ledger.facts(metal)), id: separatorBatch('none') };
    refusal(() => ledger.issue(FIRST, facts, 1), 'reference-unknown', ID);
  });

  it('never shares its place in a status list, even with one that has ended', async () => {
    const { ledger, metal } = metalMade();
    await ledger.certify(ledger.oxide('O-7'), 7);
    const facts = await ledger.facts(metal);
    const taken = '/credentialStatus/0/statusListIndex';
    refusal(() => ledger.issue(FIRST, facts, 7), 'status-index-taken', taken);
    const seventh = certificateId(REGISTRY, 7);
    ledger.say('authority', 'StatusChange', statusSubject('certificate', seventh, 'revoke'));
    refusal(() => ledger.issue(FIRST, facts, 7), 'status-index-taken', taken);
    ledger.issue(FIRST, facts, 8);
  });

  it('is refused when it would end before it begins', async () => {
    const { ledger, metal } = metalMade();
    const facts = await ledger.facts(metal);
    ledger.now = '2029-01-01T00:00:00.000Z';
    refusal(() => ledger.issue(FIRST, facts, 1), 'time-out-of-order', '/validUntil');
  });
});

describe('a certificate whose facts changed since they were read', () => {
  const AS_OF = '/credentialSubject/asOf';

  it('is refused when the batch was used, or anything it was made of was judged anew', async () => {
    const changes: ((ledger: Outback, batches: { metal: string; oxide: string }) => void)[] = [
      (ledger, { metal }) =>
        ledger.make(['split'], [[metal, mass('1')]], [METAL_PIECE], inMarch(5)),
      (ledger, { oxide }) =>
        ledger.say('laboratory', 'Assay', assaySubject(oxide, ledger.accreditation)),
      (ledger, { oxide }) =>
        ledger.say('separator', 'OriginDeclaration', originSubject(oxide, { origins: mined })),
      (ledger, { oxide }) =>
        ledger.say('authority', 'StatusChange', statusSubject('batch', oxide, 'suspend')),
    ];
    for (const change of changes) {
      const made = metalMade();
      const facts = await made.ledger.facts(made.metal);
      const asOf = { ...asOfNow(made.ledger) };
      change(made.ledger, made);
      refusal(() => made.ledger.issue(FIRST, facts, 1, { asOf }), 'certificate-stale', AS_OF);
    }
  });

  it('is refused for a tree that is yet to grow, or of another log', async () => {
    const { ledger, metal } = metalMade();
    const facts = await ledger.facts(metal);
    const ahead = { ...asOfNow(ledger), treeSize: ledger.records.length + 1 };
    refusal(() => ledger.issue(FIRST, facts, 1, { asOf: ahead }), 'certificate-stale', AS_OF);
    const other = { ...asOfNow(ledger), origin: 'elsewhere.example/log' };
    refusal(() => ledger.issue(FIRST, facts, 1, { asOf: other }), 'certificate-stale', AS_OF);
  });

  it('is refused when an ancestor was recalled, however long ago', async () => {
    const { ledger, oxide, metal } = metalMade();
    ledger.say('separator', 'StatusChange', statusSubject('batch', oxide, 'revoke'));
    const facts = await ledger.facts(metal);
    refusal(() => ledger.issue(FIRST, facts, 1), 'not-certifiable', ID);
  });

  it('is not held up by siblings that draw from the same ancestor', async () => {
    const { ledger, metal } = metalMade();
    const facts = await ledger.facts(metal);
    const asOf = asOfNow(ledger);
    ledger.oxide('O-2');
    ledger.issue(FIRST, facts, 1, { asOf });
  });
});

describe('one live certificate a batch', () => {
  it('a second is refused, and told which one stands in the way', async () => {
    const { ledger, metal } = metalMade();
    await ledger.certify(metal, 1);
    const facts = await ledger.facts(metal);
    const { details } = refusal(() => ledger.issue(SECOND, facts, 2), 'certificate-live', ID);
    expect(details.extensions).toEqual({ certificate: FIRST });
  });

  it('a second follows one that was superseded by that very id', async () => {
    const { ledger, metal } = metalMade();
    await ledger.certify(metal, 1);
    supersede(ledger);
    const facts = await ledger.facts(metal);
    const third = certificateId(REGISTRY, 3);
    refusal(() => ledger.issue(third, facts, 3), 'certificate-live', ID);
    ledger.issue(SECOND, facts, 2);
    expect(isLive(readCertificate(ledger.state, FIRST)!, ledger.now)).toBe(false);
    expect(isLive(readCertificate(ledger.state, SECOND)!, ledger.now)).toBe(true);
  });

  it('a revoked one stays revoked when its replacement is named', async () => {
    const { ledger, metal } = metalMade();
    await ledger.certify(metal, 1);
    ledger.say('authority', 'StatusChange', statusSubject('certificate', FIRST, 'revoke'));
    supersede(ledger);
    const { status, supersededBy } = readCertificate(ledger.state, FIRST)!;
    expect({ status, supersededBy }).toEqual({ status: 'revoked', supersededBy: SECOND });
    await ledger.certify(metal, 2);
  });

  it('a second follows one that expired', async () => {
    const { ledger, metal } = metalMade();
    await ledger.certify(metal, 1);
    ledger.now = '2028-03-10T00:00:00.001Z';
    const facts = await ledger.facts(metal);
    ledger.issue(SECOND, facts, 2, {}, '2029-01-01T00:00:00Z');
  });

  it('a successor is named when superseding and only then, not issued yet, of this registry', async () => {
    const { ledger, metal } = metalMade();
    await ledger.certify(metal, 1);
    const pointer = '/credentialSubject/supersededBy';
    const nameless = statusSubject('certificate', FIRST, 'supersede');
    refusal(() => ledger.say('authority', 'StatusChange', nameless), 'schema-violation', pointer);
    refusal(() => supersede(ledger, { supersededBy: FIRST }), 'already-registered', pointer);
    const elsewhere = certificateId('did:web:elsewhere.example', 2);
    refusal(() => supersede(ledger, { supersededBy: elsewhere }), 'not-issuer-scoped', pointer);
  });
});

const mined = [{ elements: ['Nd'], step: 'mine', country: 'AU' }];

function asOfNow(ledger: Outback) {
  return { origin: ledger.origin, treeSize: ledger.records.length, rootHash: 'cd'.repeat(32) };
}
