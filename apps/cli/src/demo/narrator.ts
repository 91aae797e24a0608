import { pc } from '../colours.js';
import { localName } from '../local-name.js';
import type { Receipt } from '../registry-client.js';
import type { Actor } from './actor.js';

/** A certificate as POST /certificates answers it. */
export interface IssuedCertificate {
  /** `did:web:…/certificates/<32 hex>`. */
  id: string;
  /** The last segment of the id, as it stands in URLs. */
  path: string;
}

/** A party’s did:key, or what is named within it: the group is that name’s last part. */
const NAMED_WITHIN_A_KEY = /did:key:z\w+(?:\/[a-z]+\/([\w.-]*\w))?/g;

/** Tells the story on standard error or output as it happens; silent under `--json`. */
export class Narrator {
  private readonly names = new Map<string, string>();

  constructor(private readonly print: (line: string) => void) {}

  /** From now on these parties go by their names, and what is named within their DIDs by its own. */
  introduce(actors: readonly Actor[]): void {
    for (const { did, name } of actors) this.names.set(did, name);
  }

  say(line = ''): void {
    this.print(
      line.replace(
        NAMED_WITHIN_A_KEY,
        (did, local?: string) => local ?? this.names.get(did) ?? did,
      ),
    );
  }

  chapter(title: string): void {
    this.print('');
    this.say(pc.bold(title));
  }

  /** Runs one statement and prints its receipt: who, what, and where it stands in the log. */
  async step(actor: Actor, what: string, run: () => Promise<Receipt>): Promise<Receipt> {
    const receipt = await run();
    const place = `${receipt.origin}#${receipt.index}`;
    this.say(`  ${pc.cyan(actor.name)} ${what}`);
    this.say(
      pc.dim(`      ${place}  statement ${receipt.digest.slice(0, 16)}…  ${proofLength(receipt)}`),
    );
    return receipt;
  }

  /** Asks the actor's registry for the batch's certificate, and tells of it. */
  async certify(
    actor: Actor,
    batch: string,
    supersedes?: IssuedCertificate,
  ): Promise<IssuedCertificate> {
    const registry = await actor.reading();
    const body = supersedes === undefined ? { batch } : { batch, supersedes: supersedes.id };
    const { certificate } = await registry.post<{ certificate: { id: string } }>(
      '/certificates',
      body,
    );
    const path = localName(certificate.id);
    this.say(
      `  ${pc.cyan(actor.name)} asks for a certificate of ${localName(batch)}: the registry issues ${path.slice(0, 8)}…`,
    );
    return { id: certificate.id, path };
  }
}

function proofLength({ proof }: Receipt): string {
  const hashes = proof.split('\n\n')[0]!.split('\n').length - 2;
  return `inclusion proof of ${hashes} hash${hashes === 1 ? '' : 'es'}`;
}
