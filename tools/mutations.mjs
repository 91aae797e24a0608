// One guard for each thing that must never happen: where it stands, what takes it away, and the test
// that must then fail. `find` is exact and stands once in its file. Used by mutate.mjs.

const never = (condition) => condition.replace(/\(.*\)/s, '(false)');

/** A guard on one line, `if (…)`, that is made never to apply. */
const guard = (invariant, file, find, test, named) => ({
  invariant,
  file,
  find,
  replace: never(find),
  test,
  named,
});

const SEQUENCER = 'libs/store/src/sequencer';
const MATERIALS = 'libs/materials/src';

export const MUTATIONS = [
  // —— one entry, one writer, one history ——
  guard(
    'the same statement is recorded once',
    `${SEQUENCER}/batch-verdict.ts`,
    'if (before) return',
    'test/store/sequencer.spec.ts',
  ),
  {
    invariant: 'one identity never has two bodies',
    file: `${SEQUENCER}/batch-verdict.ts`,
    find: 'if (recorded.digest === item.digest && isOurs)',
    replace: 'if (isOurs)',
    test: 'test/store/sequencer.spec.ts',
  },
  {
    invariant: 'one holder of the lock decides at a time, and the next on what it left',
    file: `${SEQUENCER}/batch-context.ts`,
    find: ' FOR UPDATE`',
    replace: '`',
    test: 'test/store/sequencer-faults.spec.ts',
    named: 'decides by name between two processes',
  },
  guard(
    'a head behind one that was signed is never built upon',
    `${SEQUENCER}/log-head.ts`,
    'if (known && known.size > head.size)',
    'test/store/sequencer-faults.spec.ts',
    'signs nothing more when an older head is put back',
  ),
  guard(
    'nothing is built on a root that was not signed',
    `${SEQUENCER}/log-head.ts`,
    'if (!hashesEqual(checkpoint.rootHash, head.root))',
    'test/store/forged-head.spec.ts',
  ),
  guard(
    'a signer that signs something else is not believed',
    `${SEQUENCER}/log-growth.ts`,
    'if (origin !== log.origin || size !== treeSize || !hashesEqual(root, rootHash))',
    'test/store/forged-head.spec.ts',
  ),
  {
    invariant: 'a paused holder of the lock is thrown out',
    file: `${SEQUENCER}/batch-context.ts`,
    find: "SET LOCAL idle_in_transaction_session_timeout = '5s';",
    replace: '',
    test: 'test/store/paused-holder.spec.ts',
  },
  guard(
    'nothing is recorded while the clock is behind the log',
    `${SEQUENCER}/batch-transaction.ts`,
    'if (ahead > skewMs)',
    'test/store/sequencer.spec.ts',
  ),
  {
    invariant: 'times in the log never run backwards',
    file: `${SEQUENCER}/batch-transaction.ts`,
    find: 'return ahead > 0 ? headTime : now.toISOString();',
    replace: 'return now.toISOString();',
    test: 'test/store/sequencer.spec.ts',
  },
  {
    invariant: 'nothing is committed that the tree made of it does not prove',
    file: `${SEQUENCER}/batch-receipts.ts`,
    find: 'verifyInclusion(crypto.sha256, {',
    replace: 'void ({',
    test: 'test/store/faulty-hash.spec.ts',
  },
  guard(
    'the queue is bounded',
    `${SEQUENCER}/submission-queue.ts`,
    'if (this.#waiting.length >= this.limit)',
    'test/store/sequencer.spec.ts',
  ),
  guard(
    'a decider sees only what it touches',
    `${SEQUENCER}/state-overlay.ts`,
    'if (slot?.view !== view)',
    'test/store/sequencer.spec.ts',
  ),
  // —— what is stored is proved as it is read ——
  guard(
    'an entry that lost its leaf hash is never served',
    'libs/store/src/reader/log-reader.ts',
    'if (!hashesEqual(leafHash(this.log.crypto.sha256, bytes), row.leaf_hash))',
    'test/tamper/database.spec.ts',
  ),
  guard(
    'a body that was changed is never served',
    'libs/store/src/reader/ledger-reader.ts',
    'if (toHex(sha256(row.bytes)) !== entry.digest)',
    'test/tamper/database.spec.ts',
  ),
  {
    invariant: 'a database that is away is never called forged',
    file: 'libs/store/src/database-failure.ts',
    find: "  'database-unavailable',\n",
    replace: '',
    test: 'test/store/sequencer-faults.spec.ts',
    named: 'says that the database is away',
  },
  guard(
    'a head that was set back under a running process records nothing more',
    'apps/registry/src/log/seen-tree.ts',
    'if (known.treeSize > now.treeSize)',
    'test/e2e/health.spec.ts',
  ),
  guard(
    'a statement that names keys of a log is that of an entry of it',
    'apps/cli/src/log/log-word.ts',
    'if (parseEntry(entry).digest !== digest)',
    'test/keylife/public-succession.spec.ts',
  ),
  {
    invariant: 'a log that was frozen shows the head that its successor names',
    file: 'apps/cli/src/log/predecessors.ts',
    find: 'if (isNamed(frozen) && isNamed(shown))',
    replace: 'if (isNamed(frozen))',
    test: 'test/keylife/public-succession.spec.ts',
  },
  {
    invariant: 'an audit goes on from no signature whose verdict is not known',
    file: 'apps/registry/src/ledger/audit-memory.ts',
    find: 'while (this.#steps[0]?.isSettled)',
    replace: 'while (this.#steps.length > 0)',
    test: 'test/tamper/audit-memory.spec.ts',
  },
  {
    invariant:
      'a tile that was changed where it is stored is not proved by what was remembered of it',
    file: 'libs/tlog/src/tile-memory.ts',
    find: 'before !== undefined && isSame(before.tree.bytes, bytes)',
    replace: 'before !== undefined',
    test: 'test/store/proof-reads.spec.ts',
  },
  {
    invariant: 'a hash that came out wrong once is not remembered',
    file: 'libs/tlog/src/tile-memory.ts',
    find: 'tree: new TileTree(sha256, Uint8Array.from(bytes)), isProven: false',
    replace: 'tree: new TileTree(sha256, Uint8Array.from(bytes)), isProven: true',
    test: 'test/tlog/tile-memory.spec.ts',
  },
  guard(
    'a receipt leads to its root before it leaves',
    'libs/tlog/src/tree-proof.ts',
    'if (!hashesEqual(r, rootHash))',
    'test/tlog/tree-proof.spec.ts',
  ),
  guard(
    'a tree that is no continuation is not consistent',
    'libs/tlog/src/tree-proof.ts',
    'if (!hashesEqual(fr, oldRoot))',
    'test/tlog/tree-proof.spec.ts',
  ),
  // —— witnesses ——
  guard(
    'a witness answers from what it holds',
    'libs/tlog/src/witness.ts',
    'if (oldSize !== heldSize)',
    'test/tlog/witness.spec.ts',
  ),
  guard(
    'a witness never cosigns a contradiction',
    'libs/tlog/src/witness.ts',
    'if (detail !== undefined)',
    'test/tlog/witness.spec.ts',
  ),
  {
    invariant: 'a witness never goes back',
    file: 'libs/store/src/witness/witness-store.ts',
    find: 'WHERE held.size <= excluded.size',
    replace: '',
    test: 'test/store/witness.spec.ts',
  },
  guard(
    'a database that is older than what a witness holds records nothing',
    'apps/registry/src/witness/judge-held.ts',
    'if (treeSize > ourSize)',
    'test/witness/start-gate.spec.ts',
    'recognises that its database is an older copy',
  ),
  {
    invariant: 'a log whose end does not hold records nothing after a start',
    file: 'apps/registry/src/witness/start-gate.ts',
    find: 'if (lost === undefined)',
    replace: 'if (lost !== null)',
    test: 'test/witness/start-gate.spec.ts',
  },
  // —— authentic ——
  guard(
    'a statement without a signature that verifies is refused',
    'libs/credentials/src/data-integrity.ts',
    'if (!(await verifyEddsaJcs2022(crypto, document, proof, publicKey)))',
    'test/credentials/data-integrity.spec.ts',
  ),
  {
    invariant: 'a malleated signature is no signature',
    file: 'libs/credentials/src/ed25519-profile.ts',
    find: 'isBelow(signature.subarray(32), L, signature[63]!)',
    replace: 'true',
    test: 'test/credentials/ed25519.spec.ts',
  },
  guard(
    'a name in JSON stands once',
    'libs/documents/src/json-reader.ts',
    'if (Object.hasOwn(members, name))',
    'test/documents/strict-json.spec.ts',
  ),
  guard(
    'a document of a million values is not built',
    'libs/documents/src/json.ts',
    'if (++marks > MAX_VALUES)',
    'test/documents/strict-json.spec.ts',
  ),
  {
    invariant: 'a challenge is answered once',
    file: 'libs/http/src/sessions.ts',
    find: '|| this.answered.has(challenge)',
    replace: '',
    test: 'test/http/sessions.spec.ts',
  },
  {
    invariant: 'what was answered is not forgotten by a clock that was set',
    file: 'libs/http/src/sessions.ts',
    find: 'if (this.answered.size < ANSWERED_KEPT || answeredAt > since) return;',
    replace: "if (Number(each.split('.')[0]) > this.now()) return;",
    test: 'test/http/sessions.spec.ts',
  },
  {
    invariant: 'no session outlasts a clock that is put right',
    file: 'libs/http/src/sessions.ts',
    find: 'return expires > now && expires <= now + (seconds + SKEW_SECONDS) * 1000;',
    replace: 'return expires > now;',
    test: 'test/http/sessions.spec.ts',
  },
  guard(
    'no door reads more than it says',
    'libs/http/src/exact-bytes.ts',
    'if (bodyBytesMax !== undefined)',
    'test/e2e/body-limits.spec.ts',
  ),
  guard(
    'large bodies that never end do not fill the memory',
    'libs/http/src/large-bodies.ts',
    'if (held >= LARGE_AT_ONCE)',
    'test/e2e/body-limits.spec.ts',
  ),
  guard(
    'a key that is not the party’s says nothing for it',
    `${MATERIALS}/key.ts`,
    'if (!own)',
    'test/materials/absent-issuer.spec.ts',
  ),
  {
    invariant: 'no witness is shown less than it has cosigned',
    file: 'apps/registry/src/witness/cosigner.ts',
    find: 'if (size < this.#size) await this.#requireMore(size);\n    let from = this.#size;',
    replace: 'let from = Math.min(this.#size, size);',
    test: 'test/witness/strange-witnesses.spec.ts',
  },
  {
    invariant: 'what others are told is on disk, whatever the server was set to',
    file: 'libs/store/src/connection.ts',
    find: "'BEGIN; SET LOCAL synchronous_commit = on'",
    replace: "'BEGIN'",
    test: 'test/store/durable.spec.ts',
  },
  {
    invariant: 'an index that has lost a row is found by the audit',
    file: 'libs/store/src/audit/index-audit.ts',
    find: 'if (rows[0]!.sum === inTables.get(index)) continue;',
    replace: 'continue;',
    test: 'test/tamper/old-relation.spec.ts',
  },
  {
    invariant: 'evidence of a fork that is gone is missed by the audit',
    file: 'libs/store/src/audit/witness-audit.ts',
    find: 'WHERE coalesce(held.forks, 0) <> coalesce(evidence.forks, 0)',
    replace: 'WHERE false',
    test: 'test/tamper/old-relation.spec.ts',
  },
  // —— allowed and consistent ——
  guard(
    'nobody uses what another holds',
    `${MATERIALS}/batch.ts`,
    'if (batch.custodian !== party)',
    'test/materials',
  ),
  guard(
    'what is offered rests',
    `${MATERIALS}/batch.ts`,
    'if (isInTransit(batch, at.recordedAt))',
    'test/materials',
  ),
  guard(
    'what is suspended or recalled is not used',
    `${MATERIALS}/batch.ts`,
    "if (batch.status !== 'active')",
    'test/materials',
  ),
  guard(
    'no more is taken than there is',
    `${MATERIALS}/make/draw.ts`,
    'if (total > BigInt(batch.leftMg))',
    'test/materials',
  ),
  guard(
    'no more of an element comes out than went in',
    `${MATERIALS}/make/balance.ts`,
    'if (compare(amount, given) > 0)',
    'test/materials/mass-balance.spec.ts',
  ),
  guard(
    'dividing adds no mass',
    `${MATERIALS}/make/balance.ts`,
    'if (output > input)',
    'test/materials/mass-balance.spec.ts',
  ),
  guard(
    'one lot makes one batch',
    `${MATERIALS}/make/product.ts`,
    'if (lots.has(lot) || readState(state, lotKeyOf(statement, lot)))',
    'test/materials',
  ),
  guard(
    'no claim is stronger than its weakest input',
    `${MATERIALS}/make/product.ts`,
    'if (isStronger(output.custodyModel, ceiling))',
    'test/materials',
  ),
  guard(
    'a facility does what it is licensed for',
    `${MATERIALS}/statements/make-event.ts`,
    'if (!facility.licensedSteps.includes(step))',
    'test/materials',
  ),
  guard(
    'an offer is answered once',
    `${MATERIALS}/statements/handover-answer.ts`,
    'if (offer.answer)',
    'test/materials/handover.spec.ts',
  ),
  guard(
    'an offer is answered by whom it was made to',
    `${MATERIALS}/statements/handover-answer.ts`,
    'if (offer.to !== issuer)',
    'test/materials/handover.spec.ts',
  ),
];
