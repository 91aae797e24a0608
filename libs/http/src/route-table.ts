import type { FastifyInstance, FastifyRequest } from 'fastify';

/** One path pattern with the methods that it answers. */
interface Route {
  segments: readonly string[];
  methods: Set<string>;
}

/** Fastify's router cannot be asked which other methods a path has, so each server keeps a table. */
const TABLES = new WeakMap<FastifyInstance, Map<string, Route>>();

/** Records every route that is added to the server from now on; call it before any is. */
export function keepRouteTable(server: FastifyInstance): void {
  const table = new Map<string, Route>();
  TABLES.set(server, table);
  server.addHook('onRoute', ({ url, method }) => {
    const route = table.get(url) ?? { segments: url.split('/'), methods: new Set<string>() };
    for (const each of Array.isArray(method) ? method : [method]) route.methods.add(each);
    table.set(url, route);
  });
}

/** The methods under which the request's path exists, sorted; empty when it does not exist. */
export function allowedMethods(request: FastifyRequest): string[] {
  const table = TABLES.get(request.server) ?? new Map<string, Route>();
  const segments = request.url.split('?')[0]!.split('/');
  const methods = new Set<string>();
  for (const route of table.values())
    if (matches(route.segments, segments)) for (const each of route.methods) methods.add(each);
  return [...methods].sort();
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  for (const [i, part] of pattern.entries()) {
    if (part === '*') return segments.length > i;
    const segment = segments[i];
    if (segment === undefined) return false;
    if (part.startsWith(':') ? segment === '' : part !== segment) return false;
  }
  return pattern.length === segments.length;
}
