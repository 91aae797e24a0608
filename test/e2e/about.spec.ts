import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { parseDidDocument } from '#lib/credentials';
import { checkDocument } from '#lib/documents';
import { RouteDeclarations } from '#lib/http';
import { PROBLEMS } from '#lib/problem';
import { AssessmentRequest } from '../../apps/registry/src/assessments/assessment-request.js';
import { CertificateRequest } from '../../apps/registry/src/certificates/certificate-request.js';
import { RefusalRequest } from '../../apps/registry/src/imports/refusal-request.js';
import { OPERATIONS } from '../../apps/registry/src/openapi/operations.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

describe('what a registry says about itself', () => {
  let au: TestRegistry;
  beforeAll(async () => {
    au = await startRegistry();
  });
  afterAll(() => au?.close());

  it('publishes its DID document with the key that signs its statements', async () => {
    const answer = await au.http().get('/.well-known/did.json').expect(200);
    const document = parseDidDocument(JSON.parse(answer.text));
    expect(document.id).toBe('did:web:au.registry.example');
    expect(document.verificationMethod.map((method) => method.publicKeyMultibase)).toEqual([
      au.registry.signer.publicKeyMultibase,
    ]);
  });

  it('offers itself as a trust file', async () => {
    const { body } = await au.http().get('/trust.json').expect(200);
    const { registries } = checkDocument('Trust', body);
    expect(registries).toEqual([
      {
        registry: 'did:web:au.registry.example',
        jurisdiction: 'AU',
        origin: 'au.registry.example/log',
        logKey: au.registry.identity.vkey,
        url: 'https://au.registry.example',
      },
    ]);
  });

  it('lists every problem type with what to do about it', async () => {
    const { body } = await au.http().get('/problems').expect(200);
    expect((body as { name: string }[]).map(({ name }) => name)).toEqual(Object.keys(PROBLEMS));
    const one = await au.http().get('/problems/mass-exceeded').expect(200);
    expect(one.body).toMatchObject({ status: 409, type: 'urn:lodestone:problem:mass-exceeded' });
    const none = await au.http().get('/problems/toString').expect(404);
    expect(none.body.type).toBe('urn:lodestone:problem:not-found');
  });

  it('describes every route that it has, and no other', () => {
    const routes = au.app
      .get(RouteDeclarations)
      .all()
      .map(({ route }) => route);
    expect(routes.sort()).toEqual(Object.keys(OPERATIONS).sort());
  });

  it('says on every route who may call it', () => {
    const routes = au.app.get(RouteDeclarations).all();
    expect(routes.filter(({ audiences }) => !audiences?.length)).toEqual([]);
    const closed = routes.filter(({ audiences }) => !audiences!.includes('public'));
    expect(closed.map(({ route }) => route)).toEqual([
      'GET /batches/:id',
      'GET /batches/:id/custody',
      'GET /batches/:id/lineage',
      'POST /certificates',
      'POST /imports/refusals',
    ]);
  });

  it('publishes an OpenAPI 3.1 document whose every reference resolves', async () => {
    const { body } = await au.http().get('/openapi.json').expect(200);
    expect(body.openapi).toBe('3.1.0');
    const references = [
      ...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g),
    ];
    expect(references.length).toBeGreaterThan(100);
    const known = Object.keys(body.components.schemas);
    expect(references.map(([, name]) => name).filter((name) => !known.includes(name!))).toEqual([]);
    expect(body.paths['/certificates'].post.security).toEqual([{ session: [] }]);
    expect(body.paths['/certificates'].post['x-audience']).toEqual(['party']);
    expect(body.paths['/log/checkpoint'].get['x-audience']).toEqual(['public']);
  });

  it('groups its routes, so that the page can be read', async () => {
    const { body } = await au.http().get('/openapi.json').expect(200);
    const operations = Object.values<object>(body.paths).flatMap<{ tags: string[] }>(Object.values);
    const used = new Set(operations.flatMap(({ tags }) => tags));
    expect([...used].sort()).toEqual(body.tags.map(({ name }: { name: string }) => name).sort());
    expect(used.size).toBeGreaterThan(5);
  });

  it.each([
    ['/certificates', CertificateRequest],
    ['/assessments', AssessmentRequest],
    ['/imports/refusals', RefusalRequest],
  ])('describes the body of POST %s as its class reads it', async (route, request) => {
    const { body } = await au.http().get('/openapi.json');
    const { schema } = body.paths[route].post.requestBody.content['application/json'];
    const checked = getMetadataStorage().getTargetValidationMetadatas(request, '', false, false);
    const optional = checked.filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION);
    const names = [...new Set(checked.map(({ propertyName }) => propertyName))];
    const required = names.filter(
      (name) => !optional.some(({ propertyName }) => propertyName === name),
    );
    expect(Object.keys(schema.properties).sort()).toEqual(names.sort());
    expect([...schema.required].sort()).toEqual(required.sort());
  });

  it('shows a browser that comes to / the page, and tells a program where to go', async () => {
    const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const page = await au.http().get('/').set('accept', browser);
    expect([page.status, page.headers['location']]).toEqual([302, '/docs']);
    const { status, body, headers } = await au.http().get('/').set('accept', '*/*');
    expect([status, headers['vary'], body.registry]).toEqual([
      200,
      'accept',
      au.registry.identity.did,
    ]);
    const doors = [body.openapi, body.trust, body.checkpoint, body.status.revocation, body.ready];
    for (const door of doors) await au.http().get(door).expect(200);
  });

  it('shows that document to people at /docs', async () => {
    const answer = await au.http().get('/docs').redirects(1).expect(200);
    expect(answer.text).toContain('swagger-ui');
  });
});
