/** The JSON-LD contexts of every statement, in their one order: a constant of the schemas. */
export const STATEMENT_CONTEXTS = [
  'https://www.w3.org/ns/credentials/v2',
  'https://lodestone.example/contexts/v1',
] as const;

/**
 * SHA-256, hex, of the exact bytes of each context, which is all that a document loader may serve.
 * The first is the digest that VC Data Model 2.0 publishes for its base context (Appendix B.1).
 */
export const CONTEXT_DIGESTS: Readonly<Record<(typeof STATEMENT_CONTEXTS)[number], string>> = {
  'https://www.w3.org/ns/credentials/v2':
    '59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734',
  'https://lodestone.example/contexts/v1':
    'd9bff61f4c228b511184de5e6fc938458ed5bb2bdd4a7c9efd79cfb51d37e1fd',
};
