/**
 * The bytes of base64 with padding (RFC 4648 §4), or undefined when the text is none, or is another
 * spelling than its own: with white space, without padding, with bits that belong to no byte (§3.5).
 * By what every platform has built in: a bundle is base64 for the most part.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const binary = decoded(text);
  if (binary === undefined || btoa(binary) !== text) return undefined;
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** One character an octet; `atob` forgives much that the comparison with `btoa` does not. */
function decoded(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}
