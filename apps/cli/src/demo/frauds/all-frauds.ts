import type { Fraud } from '../stage.js';
import { changedLedgerRow } from './changed-row.js';
import { forkedLog } from './forked-log.js';
import { handoverByNonHolder, revokedKeyUsed } from './custody-and-keys.js';
import { moreThanTheOxideYields, spentTwiceAtOnce, usedInBothRegistries } from './quantity.js';
import { alloyMeltedInChina, scrapOfUnknownOrigin } from './foreign-alloy.js';
import { alteredCertificate, wrongLog } from './tampering.js';

/** Every fraud of the demo, in the order in which it is tried. */
export const ALL_FRAUDS: readonly Fraud[] = [
  alloyMeltedInChina,
  scrapOfUnknownOrigin,
  spentTwiceAtOnce,
  usedInBothRegistries,
  moreThanTheOxideYields,
  handoverByNonHolder,
  alteredCertificate,
  revokedKeyUsed,
  changedLedgerRow,
  wrongLog,
  forkedLog,
];
