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
    'e88734f17e103cb587a11637905712066f35aceff5b851e1f740b3fe99fa71d3',
};
