import { pino } from 'pino';
import { canonicalBytes, type EvidenceBundle, type Receipt, type Trust } from '#lib/documents';
import { generateKey, nodeCrypto, signerOf, VerifierPool } from '#lib/keys';
import {
  auditLedger,
  createDataSource,
  poolOf,
  rebuildProjections,
  type AuditReport,
} from '#lib/store';
import { inspectBundle, parseTrust, type Report } from '#lib/verification';
import pg from 'pg';
import { replayWith } from '../../apps/registry/src/ledger/reopen-statement.js';
import { rotateKeys } from '../../apps/registry/src/rotate-keys.js';
import { succeedLog } from '../../apps/registry/src/succeed-log.js';
import { startRegistry, submission, type TestRegistry } from '../support/registry.js';
import {
  bundleOf,
  certify,
  handOver,
  makeOxide,
  mass,
  type AustralianOxide,
  type Issued,
} from '../support/registry-journey.js';

const SUCCESSOR = 'au.registry.example/log/2027';
const silent = pino({ level: 'silent' });

describe('a registry whose log is succeeded by another', () => {
  let before: TestRegistry;
  let now: TestRegistry;
  let made: AustralianOxide;
  let certificate: Issued;
  let oldTrust: Trust;
  let oldBundle: Buffer;
  let sent: Uint8Array;
  let receipt: Receipt;

  beforeAll(async () => {
    before = await startRegistry();
    made = await makeOxide(before);
    certificate = await certify(before, made.separator, made.oxide);
    oldTrust = await trustOf(before);
    oldBundle = await bundleOf(before, certificate);
    const key = signerOf(generateKey());
    const party = { id: key.did, name: 'Sent twice', country: 'AU', roles: ['buyer'] };
    const subject = { ...party, keys: [key.publicKeyMultibase] };
    sent = await submission(before.authority, 'PartyRegistration', subject, { with: [key] });
    receipt = (await before.submit(sent)).body as Receipt;
    await rotateKeys(before.registry, { retireAt: new Date().toISOString() });
  });

  afterAll(async () => {
    await now?.stop();
    await before.close();
  });

  const inspect = (bytes: Uint8Array, trust: Trust) =>
    inspectBundle(nodeCrypto, bytes, trust, { at: new Date().toISOString() });

  const succeed = (origin = SUCCESSOR) =>
    succeedLog(before.configuration, before.database, silent, { origin });

  it('refuses a name that no log can have', async () => {
    await expect(succeed('two words')).rejects.toThrow('is no name for a log');
    await expect(succeed(before.registry.identity.origin)).rejects.toThrow('already');
  });

  it('freezes the old log, in every process, and says which one takes its place', async () => {
    const { treeSize } = (await succeed()).predecessor;
    expect(await before.registry.log.treeSize()).toBe(treeSize);
    await expect(before.party('Too late', ['buyer'])).rejects.toThrow(SUCCESSOR);
    expect(await before.registry.log.treeSize()).toBe(treeSize);
  });

  it('goes on reading in a process of the old log, which says what to do before it records again', async () => {
    const { origin } = before.registry.identity;
    const key = signerOf(generateKey());
    const party = { id: key.did, name: 'Too late', country: 'AU', roles: ['buyer'] };
    const subject = { ...party, keys: [key.publicKeyMultibase] };
    const refused = await before.submit(
      await submission(before.authority, 'PartyRegistration', subject, { with: [key] }),
    );
    expect([refused.status, refused.body]).toMatchObject([
      503,
      {
        type: 'urn:lodestone:problem:log-read-only',
        detail: `The log ${origin} is frozen: ${SUCCESSOR} succeeds it.`,
        remedy: expect.stringContaining(`as it serves ${SUCCESSOR}`),
        successor: SUCCESSOR,
      },
    ]);
    const ready = await before.http().get('/health/ready');
    expect([ready.status, ready.body]).toMatchObject([
      503,
      { status: 'read-only', reason: expect.stringContaining(`${SUCCESSOR} succeeds it. Start`) },
    ]);
    expect((await before.http().get('/metrics')).text).toContain('lodestone_writable 0\n');
    const { body: logs } = await before.http().get('/logs').expect(200);
    expect(logs).toMatchObject([{ origin, successor: SUCCESSOR }]);
    await before.http().get('/log/checkpoint').expect(200);
    expect((await before.submit(sent)).body).toEqual(receipt);
  });

  it('still names the newest key of the old log in a process that serves it', async () => {
    await before.registry.keys.refresh();
    const { registries } = await trustOf(before);
    const { body: logs } = await before.http().get('/logs');
    expect(registries[0]!.logKey).toBe(logs[0].logKeys.at(-1));
    expect(registries[0]!.logKey).not.toBe(oldTrust.registries[0]!.logKey);
  });

  it('goes on with the new log when it is started again', async () => {
    now = await startRegistry({ like: before });
    expect(now.registry.identity.origin).toBe(SUCCESSOR);
    expect(await now.registry.log.treeSize()).toBe(1);
    await expect(succeed()).rejects.toThrow('is the log of this registry already');
    const buyer = await now.party('New in the new log', ['buyer']);
    expect(buyer.did).toContain('did:key');
  });

  it('gives the receipt of the old log for what is recorded there', async () => {
    const { body: genesis } = await now
      .http()
      .get(`/log/entries/by-digest/${await digestOf()}/proof`);
    expect(genesis.origin).toBe(before.registry.identity.origin);

    async function digestOf(): Promise<string> {
      const [first] = await now.registry.ledger.statementsAt([0], before.registry.identity.origin);
      return first!.digest;
    }
  });

  it('records nothing twice that stands in the old log, and gives its receipt again', async () => {
    const again = await now.submit(sent);
    expect(again.status).toBe(200);
    expect(again.body).toEqual(receipt);
    expect(again.body.origin).toBe(before.registry.identity.origin);
  });

  it.each(['the old log', 'the new log'])(
    'proves a certificate of the old log to whoever trusts %s',
    async (which) => {
      const trust = which === 'the old log' ? oldTrust : await trustOf(now);
      const bytes = await bundleOf(now, await again(now, made, certificate));
      const report = await inspect(bytes, trust);
      expect(complaints(report)).toEqual([]);
      expect(report.accepted).toBe(true);
      expect(report.asOf.map(({ origin }) => origin)).toEqual([
        before.registry.identity.origin,
        SUCCESSOR,
      ]);
    },
  );

  it('leaves a bundle from before as good as it was', async () => {
    expect((await inspect(oldBundle, oldTrust)).accepted).toBe(true);
  });

  it('certifies in the new log what was made in the old one', async () => {
    const authorization = await now.session(made.separator);
    const answer = await now
      .http()
      .post('/certificates')
      .set('authorization', authorization)
      .send({ batch: made.oxide, supersedes: certificate.id });
    expect(answer.status).toBe(201);
    expect(answer.body.certificate.credentialSubject.asOf.origin).toBe(SUCCESSOR);
    const { id } = answer.body.certificate;
    const issued = { id, path: id.slice(id.lastIndexOf('/') + 1), authorization };
    for (const trust of [oldTrust, await trustOf(now)]) {
      const report = await inspect(await bundleOf(now, issued), trust);
      expect(complaints(report)).toEqual([]);
      expect(report.accepted).toBe(true);
    }
    const old = await inspect(await bundleOf(now, await again(now, made, certificate)), oldTrust);
    expect(complaints(old)).toEqual(['not-revoked']);
  });

  it('lets a batch of the old log be handed over in the new, and certified for its receiver', async () => {
    const receiver = await now.party('Receiver Pty Ltd', ['processor']);
    await handOver(now, made.separator, receiver, made.oxide, mass('1700'), 3);
    const again = await now.session(receiver);
    const { body } = await now
      .http()
      .get(`/batches/${encodeURIComponent(made.oxide)}/custody`)
      .set('authorization', again);
    expect(body.custodian).toBe(receiver.did);
    expect(body.statements.length).toBeGreaterThan(3);
  });

  it('is not believed when another log claims to be the successor', async () => {
    const bytes = await bundleOf(now, await again(now, made, certificate));
    const bundle = JSON.parse(bytes.toString()) as EvidenceBundle;
    const stranger = await startRegistry({ domain: 'other.registry.example' });
    try {
      const key = stranger.registry.identity.vkey;
      const trust = { ...oldTrust, registries: [{ ...oldTrust.registries[0]!, logKey: key }] };
      const report = await inspect(canonicalBytes(bundle), trust);
      expect(report.accepted).toBe(false);
      expect(complaints(report)).toContain('registry-trusted');
    } finally {
      await stranger.close();
    }
  });

  const examined = async (act: (parts: Parameters<typeof auditLedger>[0]) => Promise<unknown>) => {
    const dataSource = await createDataSource(before.database.url).initialize();
    const verifier = new VerifierPool();
    try {
      const replay = replayWith((body, documents) => verifier.readSubmission(body, documents));
      return await act({ pool: poolOf(dataSource), log: now.registry.ownLog, replay });
    } finally {
      await verifier.close();
      await dataSource.destroy();
    }
  };

  const tampered = async (sql: string): Promise<void> => {
    const owner = new pg.Client({ connectionString: before.database.adminUrl });
    await owner.connect();
    await owner.query(sql);
    await owner.end();
  };

  it('is audited from the first entry of the oldest log on', async () => {
    const report = (await examined(auditLedger)) as AuditReport;
    expect(report).toMatchObject({ origin: SUCCESSOR, findings: [] });
    expect(report.predecessors).toMatchObject([{ origin: before.registry.identity.origin }]);
  });

  it('can have its state made again from both logs', async () => {
    await tampered(`DELETE FROM state WHERE key LIKE 'party:%'; DELETE FROM lineage`);
    await examined(rebuildProjections);
    expect(((await examined(auditLedger)) as AuditReport).findings).toEqual([]);
  });

  it('names the row, and its log, when somebody changes the frozen one', async () => {
    const old = before.registry.identity.origin;
    const at = `origin = '${old}' AND index = 3`;
    await tampered(`ALTER TABLE entry DISABLE TRIGGER ALL; CREATE TABLE saved AS SELECT * FROM entry WHERE ${at};
      UPDATE entry SET recorded_at = recorded_at + interval '1 ms' WHERE ${at}`);
    const { findings } = (await examined(auditLedger)) as AuditReport;
    expect(findings[0]).toMatchObject({ origin: old, table: 'entry', index: 3, name: 'altered' });
    await tampered(
      `UPDATE entry SET recorded_at = saved.recorded_at FROM saved WHERE entry.origin = saved.origin AND entry.index = saved.index`,
    );
  });

  it('is found out when the frozen log is opened again', async () => {
    const old = before.registry.identity.origin;
    await tampered(`UPDATE log_head SET successor = NULL WHERE origin = '${old}'`);
    const { findings } = (await examined(auditLedger)) as AuditReport;
    expect(findings).toMatchObject([{ origin: old, table: 'log_head', name: 'altered' }]);
    await tampered(`UPDATE log_head SET successor = '${SUCCESSOR}' WHERE origin = '${old}'`);
  });
});

/** The same certificate, asked for under a session of the registry as it runs now. */
async function again(
  registry: TestRegistry,
  { separator }: AustralianOxide,
  certificate: Issued,
): Promise<Issued> {
  return { ...certificate, authorization: await registry.session(separator) };
}

async function trustOf(registry: TestRegistry): Promise<Trust> {
  const { text } = await registry.http().get('/trust.json');
  return parseTrust(nodeCrypto.sha256, Buffer.from(text));
}

function complaints({ checks }: Report): string[] {
  return checks.filter(({ result }) => result === 'fail').map(({ name }) => name);
}
