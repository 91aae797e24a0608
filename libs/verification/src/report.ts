import type { Certificate, Opened } from '#lib/documents';

/** `cannot-tell` is neither: something that the check needs is missing, and the detail says what. */
export type CheckResult = 'pass' | 'fail' | 'cannot-tell';

/** One check of an evidence bundle, in words for the person who must decide. */
export interface Check {
  name: CheckName;
  title: string;
  result: CheckResult;
  detail: string;
  /** What the result rests on: statements, entries, checkpoints, each in one line. */
  evidence: string[];
  /** What to do about it; empty when the check passed. */
  remedy: string;
}

/** The tree head up to which the bundle speaks of one registry's log. */
export interface ReportAsOf {
  registry: string;
  jurisdiction: string;
  origin: string;
  /** Of the newest checkpoint in the bundle whose log signature verified. */
  treeSize: number;
  /** 64 lowercase hex. */
  rootHash: string;
  /** RFC 3339 time of the newest verified cosignature, when a trusted witness gave one. */
  witnessedAt?: string;
}

/** What the certificate is about: enough to recognise it, not to judge it. */
export interface CertificateSummary {
  id: string;
  /** SHA-256 of the statement's exact bytes, hex. */
  digest: string;
  issuer: string;
  batch: string;
  form: string;
  /** Absent when it is blinded and not disclosed to this reader. */
  lot?: string;
  /** As the certificate words it; absent when it is blinded and not disclosed to this reader. */
  quantity?: Opened<Certificate>['credentialSubject']['quantity'];
  custodyModel: string;
  custodian: string;
  owner: string;
  conformity: string;
  validFrom: string;
  validUntil: string;
  recordedAt: string;
}

/** The verdict on an evidence bundle. It is "as at" the checkpoints in `asOf`, and never later. */
export interface Report {
  /** True when no check failed and none that the trust file demands was left untold. */
  accepted: boolean;
  /** Absent when the file is no bundle. */
  certificate?: CertificateSummary;
  asOf: ReportAsOf[];
  checks: Check[];
}

/** What a check finds; its name, title and default remedy come from `CHECKS`. */
export interface Finding {
  result: CheckResult;
  detail: string;
  evidence?: string[];
  remedy?: string;
}

/** Name, title and remedy of every check, in the order in which a report lists them. */
export const CHECKS = {
  'bundle-well-formed': check(
    'The file is a whole evidence bundle',
    'Ask the registry for the bundle again, and pass it on verbatim.',
  ),
  'registry-trusted': check(
    'Every registry in it is one you trust',
    'Add the registry to the trust file after checking its log key with its authority, or decline.',
  ),
  'checkpoint-signed': check(
    'Each log has signed the checkpoint that the proofs lead to',
    'Ask for a fresh bundle; if it fails again, report the registry to its authority.',
  ),
  'witness-quorum': check(
    'Enough witnesses have seen the same log',
    'Ask for a fresh bundle once more witnesses have cosigned, or trust a smaller quorum.',
  ),
  'statement-included': check(
    'Every statement is in its log',
    'Ask for a fresh bundle; if it fails again, report the registry to its authority.',
  ),
  'entry-matches-statement': check(
    'Every entry commits to exactly these bytes',
    'A statement was replaced or an entry moved: ask the registry for the bundle again.',
  ),
  'registry-did-document': check(
    'Each registry’s keys are those that its own log names',
    'Ask the registry for a fresh bundle, and compare its log key with its authority’s.',
  ),
  'statement-signatures': check(
    'Every statement is signed, and unchanged since',
    'A statement was altered: ask its issuer which version it signed.',
  ),
  'signer-authorised': check(
    'Every signer was entitled to sign when it was recorded',
    'Ask the registry on what key and role it recorded the statement.',
  ),
  'decisions-hold': check(
    'Mass, custody, licence and time hold, decided again',
    'Ask the registry why it recorded a statement that its own rules refuse.',
  ),
  'no-later-revocation': check(
    'No key that signed was later revoked from before it signed',
    'Have the party confirm the statement under a valid key, and ask for a new certificate.',
  ),
  'chain-complete': check(
    'Every input is traced to a mine, an intake or an import',
    'Ask the registry for the bundle with every statement on the path.',
  ),
  'certificate-says-what-statements-say': check(
    'The certificate says what the statements say',
    'Ask the registry to supersede the certificate with one drawn from the statements.',
  ),
  'release-matches-import': check(
    'Every import is the one that its release allowed',
    'Ask both registries for the release and the import of the batch.',
  ),
  'recognition-in-force': check(
    'A recognition was in force for every import',
    'Ask the authority of the importing jurisdiction whether it recognises the other.',
  ),
  'certificate-in-force': check(
    'The certificate is valid on the date of judgement',
    'Ask the holder for a certificate that is valid on that date.',
  ),
  'not-revoked': check(
    'No certificate in the chain is revoked',
    'Do not rely on the certificate; ask the holder for one that stands.',
  ),
  'not-suspended': check(
    'No certificate in the chain is suspended',
    'Wait until the suspension is lifted, then ask for a fresh bundle.',
  ),
  'not-recalled': check(
    'No batch in the chain is suspended or recalled',
    'Do not use the material until the issuer of the recall has lifted it.',
  ),
  freshness: check('The evidence is recent enough', 'Ask the registry for a fresh bundle.'),
} as const;

/** The name of a check: it never changes, so that programs can branch on it. */
export type CheckName = keyof typeof CHECKS;

function check(title: string, remedy: string) {
  return { title, remedy };
}
