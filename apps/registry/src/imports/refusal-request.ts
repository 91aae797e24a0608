import { IsDefined, Matches } from 'class-validator';
import type { Json } from '#lib/documents';

/** As a Text of the schemas: up to 1000 characters, no controls but line feeds. */
const TEXT =
  /^[^\s\p{Cc}\u2028-\u202e\u2066-\u2069](([^\p{Cc}\u2028-\u202e\u2066-\u2069]|\n){0,998}[^\s\p{Cc}\u2028-\u202e\u2066-\u2069])?$/u;

/** What POST /imports/refusals asks for. */
export class RefusalRequest {
  /** The home registry's evidence bundle with the release: base64, or the object itself. */
  @IsDefined({ message: 'The bundle with the release is missing.' })
  bundle!: Json;

  /** Why, in a sentence for people; it is signed and recorded. */
  @Matches(TEXT, { message: 'The reason is a sentence of up to 1000 characters.' })
  reason!: string;
}
