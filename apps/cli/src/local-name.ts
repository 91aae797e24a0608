/** The last part of an identifier: what stands after the DID of whoever named it. */
export function localName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
