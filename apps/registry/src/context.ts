/** `@context` of every statement: a constant of the schemas (common.schema.json#/$defs/Context). */
export const CONTEXT = [
  'https://www.w3.org/ns/credentials/v2',
  'https://lodestone.example/contexts/v1',
] as const;
