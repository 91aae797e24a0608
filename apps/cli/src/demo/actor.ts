import type { Json } from '#lib/documents';
import { generateKey, signerOf, type KeySigner } from '#lib/keys';
import { blind, draftStatement, formatDraft, signDraft, type Draft } from '../draft.js';
import type { Receipt, RegistryClient } from '../registry-client.js';
import { openSession } from '../session.js';

/** How a statement is signed beyond its issuer: who signs too, and what is blinded. */
export interface SayOptions {
  /** Further signers of the proof set. */
  with?: readonly Actor[];
  /** JSON Pointers of commercial secrets. */
  blind?: readonly string[];
}

/** A fictitious firm or office with a key of its own, that speaks to one registry over HTTP. */
export class Actor {
  readonly did: string;
  private session: Promise<RegistryClient> | undefined;

  constructor(
    readonly name: string,
    readonly country: string,
    readonly registry: RegistryClient,
    readonly key: KeySigner = signerOf(generateKey()),
  ) {
    this.did = key.did;
  }

  /** An identifier within this party's own name: `did:key:…/batches/NDPR-01`. */
  id(kind: 'batches' | 'facilities' | 'accreditations' | 'recognitions', local: string): string {
    return `${this.did}/${kind}/${local}`;
  }

  /** Signs a statement as its issuer, without submitting it. */
  async draft(type: string, subject: Record<string, Json>, more: SayOptions = {}): Promise<Draft> {
    const draft = blind(draftStatement(type, this.did, subject), more.blind ?? []);
    return signDraft(
      draft,
      [this, ...(more.with ?? [])].map((actor) => actor.key),
    );
  }

  /** Signs and submits a statement; throws the registry's Refusal. */
  async say(type: string, subject: Record<string, Json>, more?: SayOptions): Promise<Receipt> {
    return this.submit(await this.draft(type, subject, more));
  }

  submit(draft: Draft, registry: RegistryClient = this.registry): Promise<Receipt> {
    return registry.post<Receipt>('/statements', formatDraft(draft));
  }

  /** The registry read under this party's mandate. */
  reading(): Promise<RegistryClient> {
    this.session ??= openSession(this.registry, this.key);
    return this.session;
  }
}
