import { Controller, Get, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { IsInt, IsString, Max, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { pino } from 'pino';
import request from 'supertest';
import {
  Access,
  CallingParty,
  CheckedBody,
  CheckedQuery,
  HttpModule,
  httpServer,
  RouteDeclarations,
  Sessions,
  SignedBody,
  type SessionParty,
} from '#lib/http';
import { refuse } from '#lib/problem';

class Crate {
  @IsInt()
  @Max(9)
  weight!: number;
}

class Order {
  @IsString()
  name!: string;

  @ValidateNested()
  @Type(() => Crate)
  crate!: Crate;
}

class Page {
  @IsString()
  after!: string;
}

@Controller()
class Shop {
  @Post('exact')
  @Access('public')
  exact(@SignedBody(1000) bytes: Uint8Array) {
    return { text: new TextDecoder().decode(bytes) };
  }

  @Post('orders')
  @Access('public')
  order(@CheckedBody() order: Order) {
    return { isOrder: order instanceof Order, crate: order.crate.weight };
  }

  @Get('orders')
  @Access('public')
  orders(@CheckedQuery() page: Page) {
    return page;
  }

  @Get('orders/:id')
  @Access('public')
  one() {
    throw refuse('overloaded', 'Too much at once.', undefined, {
      extensions: { retryAfterSeconds: 7 },
    });
  }

  @Get('broken')
  @Access('public')
  broken() {
    throw new Error('the password is hunter2');
  }

  @Get('mine')
  @Access('party')
  mine(@CallingParty() party: SessionParty) {
    return party;
  }

  @Get('books')
  @Access('auditor', 'authority')
  books() {
    return {};
  }
}

@Controller()
class Forgetful {
  @Get('open-door')
  open() {
    return 'anybody?';
  }
}

const sessions = new Sessions(new Uint8Array(32), 'shop.example');
const directory = {
  rolesOf: async (id: string) => (id === 'did:key:zStranger' ? undefined : ['processor']),
};

async function start(...controllers: (new () => object)[]): Promise<NestFastifyApplication> {
  @Module({ imports: [HttpModule.with(sessions, directory)], controllers })
  class ShopModule {}
  const module = await Test.createTestingModule({ imports: [ShopModule] }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(
    httpServer(pino({ level: 'silent' })),
    { bodyParser: false, logger: false },
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

describe('the edge of the service', () => {
  let app: NestFastifyApplication;
  const call = () => request(app.getHttpServer());
  const problem = (name: string) => `urn:lodestone:problem:${name}`;

  beforeAll(async () => {
    app = await start(Shop);
  });
  afterAll(() => app?.close());

  it('hands a body over byte for byte, whatever it looks like', async () => {
    const body = '{ "b":1,  "a":1.50, "a":2 }\n';
    const answer = await call().post('/exact').set('content-type', 'application/json').send(body);
    expect(answer.body).toEqual({ text: body });
  });

  it('refuses a body that is not JSON by its media type', async () => {
    const answer = await call().post('/exact').set('content-type', 'text/plain').send('hello');
    expect(answer.status).toBe(415);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body.type).toBe(problem('unsupported-media-type'));
  });

  it('refuses an empty body and one over the limit of the route', async () => {
    const empty = await call().post('/exact').set('content-type', 'application/json').send();
    expect(empty.body.type).toBe(problem('malformed-json'));
    const large = await call()
      .post('/exact')
      .set('content-type', 'application/json')
      .send(`"${'x'.repeat(1000)}"`);
    expect([large.status, large.body.type]).toEqual([413, problem('too-large')]);
  });

  it('refuses what no route reads, before it is read', async () => {
    const answer = await call()
      .post('/exact')
      .set('content-type', 'application/json')
      .set('content-length', String(64 * 1024 * 1024))
      .send('{}')
      .catch((error: { response?: unknown }) => error.response);
    expect(answer).toMatchObject({ status: 413 });
  });

  it('checks the body of a request by its class and points at the field', async () => {
    const post = (body: object) => call().post('/orders').send(body);
    expect((await post({ name: 'a', crate: { weight: 3 } })).body).toEqual({
      isOrder: true,
      crate: 3,
    });
    const nested = await post({ name: 'a', crate: { weight: 30 } });
    expect(nested.body).toMatchObject({
      type: problem('invalid-request'),
      status: 400,
      pointer: '/crate/weight',
    });
    const extra = await post({ name: 'a', crate: { weight: 3 }, admin: true });
    expect(extra.body).toMatchObject({
      type: problem('invalid-request'),
      pointer: '/admin',
      detail: 'There is no field admin here.',
    });
    expect((await call().post('/orders').send([])).body.type).toBe(problem('invalid-request'));
    const long = await post({ name: 'x'.repeat(1024 * 1024), crate: { weight: 3 } });
    expect([long.status, long.body.type]).toEqual([413, problem('too-large')]);
  });

  it('refuses a duplicate name in any body', async () => {
    const answer = await call()
      .post('/orders')
      .set('content-type', 'application/json')
      .send('{"name":"a","name":"b"}');
    expect(answer.body.type).toBe(problem('malformed-json'));
  });

  it('checks the query string', async () => {
    expect((await call().get('/orders?after=x')).body).toEqual({ after: 'x' });
    expect((await call().get('/orders?before=x')).body.pointer).toMatch(/^\/(before|after)$/);
  });

  it('says not-found for no such path and names the methods of another', async () => {
    expect((await call().get('/nowhere')).body).toMatchObject({
      type: problem('not-found'),
      status: 404,
    });
    const other = await call().delete('/orders');
    expect([other.status, other.headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
    expect(other.body.type).toBe(problem('method-not-allowed'));
  });

  it('refuses a malformed path as a problem document', async () => {
    const answer = await call().get('/orders/%zz');
    expect([answer.status, answer.type]).toEqual([400, 'application/problem+json']);
  });

  it('says when to come back', async () => {
    const answer = await call().get('/orders/1');
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '7']);
  });

  it('keeps the words of a fault to itself and names the request instead', async () => {
    const answer = await call().get('/broken');
    expect(answer.status).toBe(500);
    expect(answer.body.type).toBe(problem('internal'));
    expect(answer.text).not.toContain('hunter2');
    expect(answer.body.instance).toBe(`urn:uuid:${answer.headers['x-request-id']}`);
  });

  it('lets only a session of this registry into what is not public', async () => {
    const none = await call().get('/mine');
    expect([none.status, none.body.type]).toEqual([401, problem('session-required')]);
    expect(none.headers['www-authenticate']).toBe('Bearer');
    const { token } = sessions.open('did:key:zMine');
    const mine = await call().get('/mine').set('authorization', `Bearer ${token}`);
    expect(mine.body).toEqual({ id: 'did:key:zMine', roles: ['processor'] });
    const books = await call().get('/books').set('authorization', `Bearer ${token}`);
    expect([books.status, books.body.type]).toEqual([403, problem('role-missing')]);
  });

  it('refuses a session that was tampered with, or whose party is not registered', async () => {
    const { token } = sessions.open('did:key:zMine');
    const forged = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const bad of [forged, 'nonsense', '', '..'])
      expect((await call().get('/mine').set('authorization', `Bearer ${bad}`)).status).toBe(401);
    const stranger = sessions.open('did:key:zStranger').token;
    const answer = await call().get('/mine').set('authorization', `Bearer ${stranger}`);
    expect(answer.body.type).toBe(problem('party-unknown'));
  });

  it('lists every route with who may call it', () => {
    const routes = app.get(RouteDeclarations).all();
    expect(routes).toContainEqual({ route: 'GET /books', audiences: ['auditor', 'authority'] });
    expect(routes).toHaveLength(7);
  });

  it('does not start with a route that does not say who may call it', async () => {
    await expect(start(Shop, Forgetful)).rejects.toThrow('No @Access on: GET /open-door');
  });
});
