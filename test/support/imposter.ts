import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { parsePublicKey } from '#lib/credentials';
import { generateKey, nodeCrypto } from '#lib/keys';
import { formatVerifierKey, SIGNATURE_TYPES, verifierKey } from '#lib/tlog';

/** A server that calls itself the registry of a trust file, with a log key of its own. */
export async function impersonate(trust: { registries: { origin: string; logKey: string }[] }) {
  const [registry] = trust.registries;
  const { publicKeyMultibase } = generateKey();
  const { sha256 } = nodeCrypto;
  const publicKey = parsePublicKey(publicKeyMultibase);
  const key = verifierKey(sha256, registry!.origin, SIGNATURE_TYPES.ed25519, publicKey);
  const body = JSON.stringify({
    ...trust,
    registries: [{ ...registry, logKey: formatVerifierKey(key) }],
  });
  const server = http.createServer((_, response) =>
    response.setHeader('content-type', 'application/json').end(body),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
