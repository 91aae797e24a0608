import { didOf, keyNamed, refusal } from '../support/recording-ledger.js';
import {
  batchId,
  certificateId,
  mass,
  releaseSubject,
  statusSubject,
  type Change,
} from '../support/statements.js';
import { declinedKey } from '#lib/materials';
import {
  inMarch,
  METAL_PIECE,
  metalMade,
  Outback,
  REGISTRY,
  REGISTRY_KEY_NAME,
} from './outback.js';

const FIRST = certificateId(REGISTRY, 1);

describe('releasing a batch to another registry', () => {
  const US_KEY = keyNamed('us-registry');
  const release = (ledger: Outback, batch: string, change: Change = {}, by = 'separator') =>
    ledger.say(by, 'Release', releaseSubject(batch, FIRST, didOf('importer'), US_KEY, change));

  async function certified() {
    const made = metalMade();
    await made.ledger.certify(made.metal, 1);
    return made;
  }

  it('locks it, for everything but its certificate’s ending', async () => {
    const { ledger, metal } = await certified();
    release(ledger, metal);
    const use = () => ledger.make(['split'], [[metal, mass('1')]], [METAL_PIECE], inMarch(7));
    refusal(use, 'batch-not-active', '/credentialSubject/inputs/0/batch');
    refusal(() => release(ledger, metal), 'batch-not-active', '/credentialSubject/batch');
    const offer = () => ledger.offer('separator', 'miner', metal, mass('1'));
    refusal(offer, 'batch-not-active', '/credentialSubject/batch');
  });

  it('is for the custodian alone', async () => {
    const { ledger, metal } = await certified();
    const attempt = () => release(ledger, metal, {}, 'miner');
    refusal(attempt, 'not-custodian', '/credentialSubject/batch');
  });

  it('passes title only when the custodian has it', async () => {
    const { ledger, metal } = metalMade();
    const offer = ledger.offer('separator', 'magnetmaker', metal, mass('700'));
    ledger.answer('magnetmaker', offer, metal);
    await ledger.certify(metal, 1);
    const sold = () => release(ledger, metal, { transfersTitle: true }, 'magnetmaker');
    refusal(sold, 'not-owner', '/credentialSubject/transfersTitle');
    release(ledger, metal, {}, 'magnetmaker');
  });

  it('needs the live certificate of that batch', async () => {
    const { ledger, metal } = await certified();
    const pointer = '/credentialSubject/certificate';
    const none = { certificate: certificateId(REGISTRY, 9) };
    refusal(() => release(ledger, metal, none), 'reference-unknown', pointer);
    ledger.say('authority', 'StatusChange', statusSubject('certificate', FIRST, 'suspend'));
    refusal(() => release(ledger, metal), 'certificate-not-live', pointer);
  });

  it('needs a certificate that is still true: what was used here must not cross the border', async () => {
    const { ledger, metal } = await certified();
    ledger.make(['split'], [[metal, mass('600')]], [METAL_PIECE], inMarch(5));
    const attempt = () => release(ledger, metal);
    refusal(attempt, 'certificate-stale', '/credentialSubject/certificate');
  });

  it('is refused to this registry itself, before the batch was there, and ahead of time', async () => {
    const { ledger, metal } = await certified();
    const destination = { registry: REGISTRY, origin: 'x', jurisdiction: 'AU', key: US_KEY };
    refusal(
      () => release(ledger, metal, { destination }),
      'release-not-for-this-registry',
      '/credentialSubject/destination/registry',
    );
    const at = (releasedAt: string) => () => release(ledger, metal, { releasedAt });
    const pointer = '/credentialSubject/releasedAt';
    refusal(at('2026-03-01T00:00:00Z'), 'time-out-of-order', pointer);
    refusal(at('2026-03-11T00:00:00Z'), 'time-in-future', pointer);
  });

  describe('and taking it back', () => {
    const US = 'did:web:registry.us.example';
    const refuseImport = (
      ledger: Outback,
      batch: string,
      change: Change = {},
      as = US,
      by = 'us-registry',
    ) => {
      const { index, statement } = ledger.batch(batch).release!;
      const position = { origin: ledger.origin, index, statement };
      const subject = { batch, release: position, reason: 'No recognition.', ...change };
      return ledger.say(as, 'ImportRefusal', subject, { by: [by] });
    };

    async function released() {
      const made = await certified();
      release(made.ledger, made.metal);
      return made;
    }

    it('opens the batch again, and the certificate still holds', async () => {
      const { ledger, metal } = await released();
      refuseImport(ledger, metal);
      release(ledger, metal);
    });

    it('is for the named registry’s named key alone', async () => {
      const { ledger, metal } = await released();
      const other = () => refuseImport(ledger, metal, {}, 'did:web:elsewhere.example');
      refusal(other, 'not-issuer', '/issuer');
      const forged = () => refuseImport(ledger, metal, {}, US, 'separator');
      refusal(forged, 'key-not-valid', '/proof');
    });

    it('is recorded by the registry that declines, too: it cannot import or decline it again', () => {
      const us = new Outback();
      const release = { origin: 'au.example/log', index: 14, statement: 'ab'.repeat(32) };
      const subject = { batch: batchId(didOf('miner'), 'C-1'), release, reason: 'Not ordered.' };
      const decline = (change: Change = {}, as = REGISTRY, by = REGISTRY_KEY_NAME) =>
        us.say(as, 'ImportRefusal', { ...subject, ...change }, { by: [by] });
      refusal(() => decline({}, US, 'us-registry'), 'not-issuer', '/issuer');
      refusal(() => decline({}, REGISTRY, 'miner'), 'key-not-valid', '/proof');
      refusal(() => decline({}, REGISTRY, 'stranger'), 'key-not-valid', '/proof');
      const { signed } = decline();
      expect(us.state.get(declinedKey(release))).toEqual({ statement: signed.digest });
      const again = () => decline({ reason: 'Still not ordered.' });
      refusal(again, 'release-declined', '/credentialSubject/release');
      decline({ release: { ...release, statement: 'cd'.repeat(32) } });
    });

    it('is refused for another release, and for a batch that was not released', async () => {
      const { ledger, metal } = await released();
      const { statement } = ledger.batch(metal).release!;
      const release = { origin: ledger.origin, index: 0, statement };
      const pointer = '/credentialSubject/release';
      refusal(() => refuseImport(ledger, metal, { release }), 'reference-unknown', pointer);
      const again = refuseImport(ledger, metal).signed.statement.credentialSubject as Change;
      const replayed = () => ledger.say(US, 'ImportRefusal', again, { by: ['us-registry'] });
      refusal(replayed, 'reference-unknown', pointer);
      const unknown = { ...again, batch: batchId(didOf('miner'), 'none') };
      refusal(
        () => ledger.say(US, 'ImportRefusal', unknown, { by: ['us-registry'] }),
        'reference-unknown',
        '/credentialSubject/batch',
      );
    });
  });
});
