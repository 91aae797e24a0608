import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessGuard, PartyDirectory } from './access.js';
import { ProblemFilter } from './problem-filter.js';
import { RouteDeclarations } from './route-declarations.js';
import { Sessions } from './sessions.js';

/** Problem documents, the access guard and its start-up check, for the whole application. */
@Module({})
export class HttpModule {
  static with(sessions: Sessions, directory: PartyDirectory): DynamicModule {
    return {
      module: HttpModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        { provide: Sessions, useValue: sessions },
        { provide: PartyDirectory, useValue: directory },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AccessGuard },
        RouteDeclarations,
      ],
      exports: [Sessions, PartyDirectory, RouteDeclarations],
    };
  }
}
