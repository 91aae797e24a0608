import { nodeCrypto } from '#lib/keys';
import {
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  parseTlogProof,
  parseVerifierKey,
} from '#lib/tlog';
import type { Health } from '../../apps/registry/src/health/read-health.js';
import { besideSyncing } from '../support/database.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';
import {
  listeningRegistry,
  logLine,
  until,
  witnessLine,
  writePolicy,
  type PublicRegistry,
} from '../support/witnesses.js';

describe('two registries that witness each other', () => {
  let au: PublicRegistry;
  let us: PublicRegistry;
  const health = async ({ registry }: PublicRegistry) =>
    (await registry.http().get('/health/ready')).body as Health;
  const caughtUp = ({ treeSize, witnesses }: Health) =>
    treeSize > 0 && witnesses.length === 1 && witnesses[0]!.lag === 0;
  const opened = async (note: string, by: PublicRegistry, witness: PublicRegistry) =>
    openCheckpoint(
      nodeCrypto,
      note,
      [parseVerifierKey(nodeCrypto.sha256, by.registry.registry.identity.vkey)],
      [witness.registry.registry.witnessing.cosigner.key],
    );

  beforeAll(async () => {
    [au, us] = await Promise.all([
      listeningRegistry({ jurisdiction: 'AU' }),
      listeningRegistry({ jurisdiction: 'US' }),
    ]);
    writePolicy(au.registry, logLine(us), witnessLine(us), 'quorum us');
    writePolicy(us.registry, logLine(au), witnessLine(au), 'quorum au');
  });
  afterAll(() => Promise.all([au?.registry.close(), us?.registry.close()]));

  it('serves each newest checkpoint with the other’s cosignature', async () => {
    await au.registry.party('Wandarra Mining', ['processor']);
    for (const [log, witness] of [
      [au, us],
      [us, au],
    ] as const) {
      await until(() => health(log), caughtUp);
      const { text } = await log.registry.http().get('/log/checkpoint').expect(200);
      const { checkpoint, signatures } = await opened(text, log, witness);
      expect(signatures.map(({ key }) => key.name)).toEqual([
        log.registry.registry.identity.origin,
        `${witness.registry.registry.identity.domain}/witness`,
      ]);
      expect(checkpoint.treeSize).toBe((await health(log)).treeSize);
    }
  });

  it('reports how far each witness is, to people and to Prometheus', async () => {
    const { treeSize, witnesses, quorumSize, warnings } = await until(() => health(au), caughtUp);
    expect(witnesses).toEqual([
      { name: 'us', url: `${us.url}/witness`, cosignedSize: treeSize, lag: 0 },
    ]);
    expect([quorumSize, besideSyncing(warnings)]).toEqual([treeSize, []]);
    const { text } = await au.registry.http().get('/metrics').expect(200);
    expect(text).toContain('lodestone_witness_lag{witness="us"} 0\n');
    expect(text).toContain(`lodestone_quorum_size ${treeSize}\n`);
  });

  it('follows its log through many statements in a row, from size to size', async () => {
    for (let i = 0; i < 8; i++) await au.registry.party(`Processor ${i}`, ['processor']);
    const { treeSize } = await until(() => health(au), caughtUp);
    const { body } = await us.registry.http().get('/witness').expect(200);
    expect(body.logs).toEqual([expect.objectContaining({ size: treeSize })]);
  });

  it('finds its way again from the size that the witness names, when its own notes are gone', async () => {
    const { registry } = au;
    await registry.stop();
    au = await listeningAgain(registry);
    await au.registry.registry.dataSource.query('DELETE FROM cosignature');
    await au.registry.party('Forgetful Mining', ['processor']);
    await until(() => health(au), caughtUp);
    expect((await health(au)).status).toBe('ready');
  });

  it('notices that a witness was set back, by what that had cosigned before', async () => {
    const { dataSource } = us.registry.registry;
    const [{ size, root, note }] = await dataSource.query('SELECT * FROM witness_state');
    await au.registry.party('Mindful Mining', ['processor']);
    const { treeSize, witnesses } = await until(() => health(au), caughtUp);
    expect(witnesses[0]!.setBack).toBeUndefined();
    await dataSource.query('UPDATE witness_state SET size = $1, root = $2, note = $3', [
      size,
      root,
      note,
    ]);
    await au.registry.party('Heedful Mining', ['processor']);
    const noticed = await until(() => health(au), caughtUp);
    expect(noticed.witnesses[0]!.setBack).toMatch(
      `after it had cosigned ${treeSize}: its database`,
    );
  });

  it('does not take a second process of its own for a rollback', async () => {
    const second = await startRegistry({ like: au.registry });
    try {
      await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 ? second : au.registry).party(`Twin ${i}`, ['processor']),
        ),
      );
      for (const each of [au.registry, second]) {
        const read = async () => (await each.http().get('/health/ready')).body as Health;
        const { status, witnesses } = await until(read, caughtUp);
        expect([status, witnesses[0]!.problem]).toEqual(['ready', undefined]);
      }
    } finally {
      await second.stop();
    }
  });

  it('goes on while the witness is away, says so, and is cosigned when it is back', async () => {
    const { port } = new URL(us.url);
    await us.registry.stop();
    await au.registry.party('Lonely Mining', ['processor']);
    const away = await until(
      () => health(au),
      ({ witnesses }) => witnesses[0]!.problem !== undefined,
    );
    expect(away.status).toBe('ready');
    expect(away.witnesses[0]!.problem).toMatch(/^it cannot be reached: /);
    expect(away.witnesses[0]!.lag).toBeGreaterThan(0);

    const proofOf = async (index: number) => {
      const { body } = await au.registry.http().get(`/log/entries/${index}/proof`).expect(200);
      const note = parseTlogProof(body.proof).checkpoint;
      const { treeSize } = parseCheckpoint(parseNote(note).text);
      return { treeSize, signatures: parseNote(note).signatures.length };
    };
    // An old entry is proved by what the quorum has seen; the newest one only by our own word.
    expect(await proofOf(0)).toEqual({ treeSize: away.quorumSize, signatures: 2 });
    expect(await proofOf(away.treeSize - 1)).toEqual({ treeSize: away.treeSize, signatures: 1 });

    us = await listeningAgain(us.registry, Number(port), 'US');
    await until(() => health(au), caughtUp);
    expect(await proofOf(away.treeSize - 1)).toEqual({ treeSize: away.treeSize, signatures: 2 });
  });

  it('reads its policy again when it changes, and keeps it when the new one is broken', async () => {
    writePolicy(au.registry, logLine(us), 'witness us nonsense', 'quorum us');
    const broken = await until(
      () => health(au),
      ({ warnings }) => besideSyncing(warnings).length > 0,
    );
    expect(besideSyncing(broken.warnings)[0]).toMatch(
      /policy\.txt is not followed: Line 2: .*verifier key/,
    );
    expect(broken.witnesses.map(({ name }) => name)).toEqual(['us']);

    writePolicy(au.registry, logLine(us), 'quorum none');
    const mended = await until(
      () => health(au),
      ({ warnings }) => besideSyncing(warnings).length === 0,
    );
    expect([mended.witnesses, mended.quorumSize]).toEqual([[], null]);
    // Whom the policy does not name is not quoted either.
    const { text } = await au.registry.http().get('/log/checkpoint').expect(200);
    expect(parseNote(text).signatures).toHaveLength(1);

    writePolicy(au.registry, logLine(us), witnessLine(us), 'quorum us');
    await until(() => health(au), caughtUp);
  });

  it('does not quote a line that somebody put into the database', async () => {
    const { treeSize } = await until(() => health(au), caughtUp);
    const quoted = async () => {
      await au.registry.registry.dataSource.query(
        'UPDATE cosignature SET line = overlay(line PLACING $1 FROM length(line) - 20) WHERE size = $2',
        ['AAAAAAAA', treeSize],
      );
      const { text } = await au.registry.http().get('/log/checkpoint').expect(200);
      return parseNote(text).signatures.length;
    };
    // The witness may cosign anew between the two, and put the line right.
    expect(await until(quoted, (signatures) => signatures === 1)).toBe(1);
  });

  it('has a quiet log cosigned again every five minutes, so that its evidence stays fresh', async () => {
    const cosignedAt = async () => {
      const { text } = await au.registry.http().get('/log/checkpoint').expect(200);
      return (await opened(text, au, us)).signatures[1]?.timestamp ?? 0;
    };
    const before = Math.floor(Date.now() / 1000);
    const now = Date.now.bind(Date);
    const elapsed = performance.now.bind(performance);
    const clocks = [
      jest.spyOn(Date, 'now').mockImplementation(() => now() + 301_000),
      jest.spyOn(performance, 'now').mockImplementation(() => elapsed() + 301_000),
    ];
    try {
      expect(await until(cosignedAt, (time) => time > before + 290)).toBeLessThan(before + 400);
    } finally {
      for (const clock of clocks) clock.mockRestore();
    }
  });

  function listeningAgain(
    like: TestRegistry,
    port = 0,
    jurisdiction = 'AU',
  ): Promise<PublicRegistry> {
    return listeningRegistry({ like, port, jurisdiction });
  }
});
