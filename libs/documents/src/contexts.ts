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
    '3d85d79e495885e1ec3330808a62354447b94b901450c2767dc188b4f4eb15ac',
};
