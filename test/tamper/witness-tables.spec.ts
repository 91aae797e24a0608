import fs from 'node:fs';
import { auditLedger } from '#lib/store';
import {
  formatVerifierKey,
  parseCheckpoint,
  parseNote,
  signCosignature,
  formatSignatureLines,
} from '#lib/tlog';
import { witnessVerifiers } from '../../apps/registry/src/witness/witness-verifiers.js';
import { Forger } from '../support/forger.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';
import { StaticLog } from '../support/static-log.js';
import { witnessOf } from '../tlog/signers.js';

describe('what a database holds of witnesses, when it is changed', () => {
  const witness = witnessOf('nz.example/witness');
  const us = new StaticLog('us.example/log').grow(3);
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
    await forger.owner.query('INSERT INTO witness_state VALUES ($1, 3, $2, $3)', [
      us.origin,
      Buffer.from(rootHash),
      us.checkpoint,
    ]);
  });
  afterAll(async () => {
    await forger?.owner.end();
    await au?.close();
  });

  async function cosigned(note: string): Promise<string> {
    const line = signCosignature(parseNote(note).text, witness, 1_800_000_000);
    return formatSignatureLines([line]).trimEnd();
  }

  async function audit() {
    const { pool, log, replay } = forger;
    const witnessing = witnessVerifiers(au.configuration.policyFile)!;
    return (await auditLedger({ pool, log, replay, witnessing })).findings;
  }

  async function during(sql: string, values: unknown[] = []) {
    await forger.owner.query('CREATE TABLE kept_c AS TABLE cosignature');
    await forger.owner.query('CREATE TABLE kept_w AS TABLE witness_state');
    try {
      await forger.owner.query(sql, values);
      return await audit();
    } finally {
      await forger.owner.query(
        `DELETE FROM cosignature; INSERT INTO cosignature TABLE kept_c; DROP TABLE kept_c;
         DELETE FROM witness_state; INSERT INTO witness_state TABLE kept_w; DROP TABLE kept_w`,
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
