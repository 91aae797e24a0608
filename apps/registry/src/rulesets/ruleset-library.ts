import { Injectable } from '@nestjs/common';
import { parseStatement, type Ruleset, type RulesetPublication } from '#lib/documents';
import { refuse } from '#lib/problem';
import {
  isInForce,
  parseRuleset,
  rulesetDigest,
  selectRuleset,
  type RulesetState,
} from '#lib/rules';
import { statesOfKind } from '../ledger/ledger-state.js';
import { Registry } from '../registry.js';
import { schemaFiles } from '../schemas-folder.js';

/** A ruleset with its digest and where it comes from. */
export interface KnownRuleset {
  ruleset: Ruleset;
  /** SHA-256 over its RFC 8785 bytes, hex. */
  digest: string;
  /** `published` stands in this log under an authority's signature; `shipped` came with the program. */
  source: 'published' | 'shipped';
}

/** Which version of which ruleset is asked for; without a version the governing date decides. */
export interface RulesetChoice {
  id: string;
  version?: string;
}

/** Every ruleset that this registry can judge by. */
@Injectable()
export class RulesetLibrary {
  private shipped: KnownRuleset[] | undefined;

  constructor(private readonly registry: Registry) {}

  /** Published ones first: of one id and version, what an authority signed here stands. */
  async all(): Promise<KnownRuleset[]> {
    const published = await this.published();
    const names = new Set(published.map(nameOf));
    return [...published, ...this.shippedRulesets().filter((each) => !names.has(nameOf(each)))];
  }

  /** One version. Throws `not-found`. */
  async one(id: string, version: string): Promise<KnownRuleset> {
    const found = (await this.all()).find((each) => nameOf(each) === `${id}@${version}`);
    if (!found)
      throw refuse('not-found', `There is no version ${version} of a ruleset ${id} here.`);
    return found;
  }

  /**
   * The rulesets to judge by on a day: those chosen, else every one that is in force. Throws
   * `not-found` or `ruleset-not-in-force`.
   */
  async choose(date: string, choices: readonly RulesetChoice[] | undefined): Promise<Ruleset[]> {
    const all = await this.all();
    const rulesets = all.map(({ ruleset }) => ruleset);
    if (choices === undefined) {
      const ids = [...new Set(rulesets.map(({ id }) => id))];
      const inForce = ids.filter((id) =>
        rulesets.some((each) => each.id === id && isInForce(each, date)),
      );
      if (inForce.length === 0)
        throw refuse('ruleset-not-in-force', `No ruleset known here is in force on ${date}.`);
      return inForce.map((id) => selectRuleset(rulesets, id, date));
    }
    return Promise.all(
      choices.map(async ({ id, version }) =>
        version === undefined
          ? selectRuleset(rulesets, id, date)
          : (await this.one(id, version)).ruleset,
      ),
    );
  }

  private shippedRulesets(): KnownRuleset[] {
    this.shipped ??= schemaFiles('.json', 'rulesets').map((bytes) =>
      this.known(parseRuleset(bytes), 'shipped'),
    );
    return this.shipped;
  }

  private async published(): Promise<KnownRuleset[]> {
    const states = await statesOfKind<RulesetState>(this.registry, 'ruleset');
    return Promise.all(states.map(({ published }) => this.publishedIn(published)));
  }

  private async publishedIn(digest: string): Promise<KnownRuleset> {
    const { ledger, verifier } = this.registry;
    const found = await ledger.statementByDigest(digest);
    if (!found)
      throw new Error(`State names the publication ${digest}, which the log does not hold`);
    const { statement } = parseStatement(verifier.sha256, found.bytes);
    return this.known((statement as RulesetPublication).credentialSubject.ruleset, 'published');
  }

  private known(ruleset: Ruleset, source: KnownRuleset['source']): KnownRuleset {
    return { ruleset, digest: rulesetDigest(this.registry.verifier.sha256, ruleset), source };
  }
}

function nameOf({ ruleset }: KnownRuleset): string {
  return `${ruleset.id}@${ruleset.version}`;
}
