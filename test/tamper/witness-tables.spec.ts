import fs from 'node:fs';
import { auditLedger } from '#lib/store';
import {
  formatNote,
  formatVerifierKey,
  parseCheckpoint,
  parseNote,
  signCheckpoint,
  signCosignature,
  formatSignatureLines,
} from '#lib/tlog';
import { witnessVerifiers } from '../../apps/registry/src/witness/witness-verifiers.js';
import { Forger } from '../support/forger.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';
import { StaticLog } from '../support/static-log.js';
import { signerOf, witnessOf } from '../tlog/signers.js';

describe('what a database holds of witnesses, when it is changed', () => {
  const witness = witnessOf('nz.example/witness');
  const us = new StaticLog('us.example/log').grow(3);
  /** Another tree of the same size, under the same key. */
  const fork = signCheckpoint(
    { origin: us.origin, treeSize: 3, rootHash: new Uint8Array(32) },
    signerOf(us.origin),
  );
  let au: TestRegistry;
  let forger: Forger;

  beforeAll(async () => {
    au = await startRegistry();
    forger = await Forger.of(au);
    fs.writeFileSync(
      au.configuration.policyFile,
      `log ${us.vkey}\nwitness nz ${formatVerifierKey(witness.key)}\nquorum nz\n`,
    );
    const line = await cosigned(await au.registry.log.checkpoint());
    await forger.owner.query('INSERT INTO cosignature VALUES ($1, 1, $2, $3)', [
      forger.log.origin,
      witness.key.name,
      line,
    ]);
    const { rootHash } = parseCheckpoint(parseNote(us.checkpoint).text);
    const held = cosignedByUs(us.checkpoint);
    await forger.owner.query('INSERT INTO witness_state VALUES ($1, 3, $2, $3, 1)', [
      us.origin,
      Buffer.from(rootHash),
      held,
    ]);
    await forger.owner.query(
      'INSERT INTO witness_evidence (origin, held, offered) VALUES ($1, $2, $3)',
      [us.origin, held, fork],
    );
  });
  afterAll(async () => {
    await forger?.owner.end();
    await au?.close();
  });

  async function cosigned(note: string): Promise<string> {
    const line = signCosignature(parseNote(note).text, witness, 1_800_000_000);
    return formatSignatureLines([line]).trimEnd();
  }

  function cosignedByUs(note: string): string {
    const { text, signatures } = parseNote(note);
    const line = signCosignature(text, au.registry.witnessing.cosigner, 1_800_000_000);
    return formatNote({ text, signatures: [...signatures, line] });
  }

  async function audit() {
    const { pool, log, replay } = forger;
    const { publicKey } = au.registry.witnessing.cosigner.key;
    const witnessing = witnessVerifiers(au.configuration.policyFile, publicKey)!;
    return (await auditLedger({ pool, log, replay, witnessing })).findings;
  }

  async function during(sql: string, values: unknown[] = []) {
    await forger.owner.query('CREATE TABLE kept_c AS TABLE cosignature');
    await forger.owner.query('CREATE TABLE kept_w AS TABLE witness_state');
    await forger.owner.query('CREATE TABLE kept_e AS TABLE witness_evidence');
    try {
      await forger.owner.query(sql, values);
      return await audit();
    } finally {
      await forger.owner.query(
        `DELETE FROM cosignature; INSERT INTO cosignature TABLE kept_c; DROP TABLE kept_c;
         DELETE FROM witness_state; INSERT INTO witness_state TABLE kept_w; DROP TABLE kept_w;
         DELETE FROM witness_evidence;
         INSERT INTO witness_evidence OVERRIDING SYSTEM VALUE TABLE kept_e; DROP TABLE kept_e`,
      );
    }
  }

  it('is found sound when nobody changed it', async () => {
    expect(await audit()).toEqual([]);
  });

  it('is found when a cosignature is put over a checkpoint that the witness never saw', async () => {
    const finding = { name: 'altered', table: 'cosignature', index: 0 };
    expect(await during('UPDATE cosignature SET size = 0')).toEqual([
      expect.objectContaining(finding),
    ]);
  });

  it('is found when a cosignature is of another log, or no signature line at all', async () => {
    const finding = expect.objectContaining({ name: 'altered', table: 'cosignature', index: 1 });
    const foreign = await cosigned(us.checkpoint);
    expect(await during('UPDATE cosignature SET line = $1', [foreign])).toEqual([finding]);
    expect(await during(`UPDATE cosignature SET line = 'x'`)).toEqual([finding]);
  });

  it('is found when a cosignature is put under another log or another witness', async () => {
    const finding = { table: 'cosignature', index: 1 };
    expect(await during(`UPDATE cosignature SET origin = 'nz.example/log'`)).toEqual([
      expect.objectContaining({ ...finding, name: 'surplus' }),
    ]);
    expect(await during(`UPDATE cosignature SET witness = 'us.example/witness'`)).toEqual([
      expect.objectContaining({ ...finding, name: 'altered' }),
    ]);
  });

  it('is found when evidence of a fork no longer shows one', async () => {
    const finding = (index: number | null) =>
      expect.objectContaining({ name: 'altered', table: 'witness_evidence', index });
    expect(await during(`UPDATE witness_evidence SET origin = 'nz.example/log'`)).toEqual([
      finding(3),
      expect.objectContaining({ name: 'surplus', detail: expect.stringMatching(/^nz.*: 1 forks/) }),
      expect.objectContaining({ name: 'missing', detail: expect.stringMatching(/^us.*: 0 forks/) }),
    ]);
    expect(await during('UPDATE witness_evidence SET offered = held')).toEqual([finding(3)]);
    // An honest log would be accused: its own key has not signed what it is said to have offered.
    const forged = fork.replace('\n3\n', '\n2\n');
    expect(await during('UPDATE witness_evidence SET offered = $1', [forged])).toEqual([
      finding(null),
    ]);
    expect(await during('UPDATE witness_evidence SET held = $1', [us.checkpoint])).toEqual([
      finding(3),
    ]);
  });

  it('is found when evidence of a fork is gone, though what remains contradicts nothing', async () => {
    expect(await during('DELETE FROM witness_evidence')).toEqual([
      expect.objectContaining({ name: 'missing', table: 'witness_evidence', index: null }),
    ]);
  });

  it('is found when a held tree lacks our own line, also of a log that is no longer witnessed', async () => {
    const finding = expect.objectContaining({ name: 'altered', table: 'witness_state', index: 3 });
    const { policyFile } = au.configuration;
    const policy = fs.readFileSync(policyFile);
    const sql = 'UPDATE witness_state SET note = $1';
    expect(await during(sql, [us.checkpoint])).toEqual([finding]);
    fs.writeFileSync(policyFile, 'quorum none\n');
    expect(await during(sql, [us.checkpoint])).toEqual([finding]);
    fs.writeFileSync(policyFile, policy);
  });

  it('is found when a tree that this registry has cosigned is made smaller or another', async () => {
    const finding = (index: number) =>
      expect.objectContaining({ name: 'altered', table: 'witness_state', index });
    expect(await during('UPDATE witness_state SET size = 2')).toEqual([finding(2)]);
    expect(await during(`UPDATE witness_state SET root = sha256('x')`)).toEqual([finding(3)]);
    const forged = us.checkpoint.replace('\n3\n', '\n2\n');
    expect(await during('UPDATE witness_state SET size = 2, note = $1', [forged])).toEqual([
      finding(2),
    ]);
  });

  it('passes over keys that the policy no longer names, and is not looked at without one', async () => {
    const { policyFile } = au.configuration;
    const policy = fs.readFileSync(policyFile);
    fs.writeFileSync(policyFile, 'quorum none\n');
    expect(await audit()).toEqual([]);
    fs.rmSync(policyFile);
    expect(witnessVerifiers(policyFile)).toBeUndefined();
    fs.writeFileSync(policyFile, policy);
  });
});
