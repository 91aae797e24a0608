import { Controller, Get, Param } from '@nestjs/common';
import { Access } from '#lib/http';
import { PROBLEM_TYPE_PREFIX, PROBLEMS, refuse, type ProblemName } from '#lib/problem';

/** The closed registry of problem types: what each means and what to do about it. */
@Controller('problems')
@Access('public')
export class ProblemsController {
  @Get()
  all() {
    return Object.keys(PROBLEMS).map((name) => describe(name as ProblemName));
  }

  @Get(':name')
  one(@Param('name') name: string) {
    if (Object.hasOwn(PROBLEMS, name)) return describe(name as ProblemName);
    throw refuse('not-found', `There is no problem type "${name}".`);
  }
}

function describe(name: ProblemName) {
  return { name, type: PROBLEM_TYPE_PREFIX + name, ...PROBLEMS[name] };
}
