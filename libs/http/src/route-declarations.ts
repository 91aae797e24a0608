import { Injectable, RequestMethod, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS, type Audience } from './access.js';

/** One route of the application and who may call it; undefined when it does not say. */
export interface RouteDeclaration {
  /** `GET /batches/:id` */
  route: string;
  audiences: readonly Audience[] | undefined;
}

const PATH = 'path';
const METHOD = 'method';

/** Refuses to start an application that has a route without `@Access`. */
@Injectable()
export class RouteDeclarations implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const silent = this.all().filter(({ audiences }) => audiences === undefined);
    if (silent.length > 0)
      throw new Error(`No @Access on: ${silent.map(({ route }) => route).join(', ')}`);
  }

  /** Every route of every controller, in the order of their paths. */
  all(): RouteDeclaration[] {
    const found = this.discovery.getControllers().flatMap(({ metatype }) => {
      const controller = metatype as new () => object;
      const methods = this.scanner.getAllMethodNames(controller.prototype as object);
      return methods.flatMap((name) => this.routesOf(controller, name));
    });
    return found.sort((a, b) => (a.route < b.route ? -1 : 1));
  }

  private routesOf(controller: new () => object, name: string): RouteDeclaration[] {
    const handler = (controller.prototype as Record<string, () => void>)[name]!;
    const path = this.reflector.get<string | string[] | undefined>(PATH, handler);
    if (path === undefined) return [];
    const verb = RequestMethod[this.reflector.get<RequestMethod>(METHOD, handler)];
    const prefixes = [this.reflector.get<string | string[]>(PATH, controller)].flat();
    const audiences = this.reflector.getAllAndOverride<Audience[] | undefined>(ACCESS, [
      handler,
      controller,
    ]);
    return prefixes.flatMap((prefix) =>
      [path].flat().map((each) => ({ route: `${verb} ${joined(prefix, each)}`, audiences })),
    );
  }
}

function joined(...parts: string[]): string {
  return `/${parts.flatMap((part) => part.split('/').filter(Boolean)).join('/')}`;
}
