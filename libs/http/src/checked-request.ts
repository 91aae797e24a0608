import {
  createParamDecorator,
  Injectable,
  Query,
  type ArgumentMetadata,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { escapePointer, parseJson } from '#lib/documents';
import { refuse } from '#lib/problem';
import { exactBytes, limitedTo } from './exact-bytes.js';

/** A request in a few words: bundles, which are large, come as exact bytes. */
const REQUEST_BYTES_MAX = 1024 * 1024;

/**
 * Turns what the client sent into an instance of the parameter's class and checks it with
 * class-validator. Names the class does not know are refused, not dropped. Throws
 * `invalid-request` with the pointer of the first field at fault.
 */
@Injectable()
export class CheckedRequestPipe implements PipeTransform {
  transform(value: unknown, { metatype }: ArgumentMetadata): unknown {
    if (!metatype) throw new Error('A checked parameter needs a class as its type');
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw refuse('invalid-request', 'The request is not a JSON object.', '');
    const request = plainToInstance(metatype, value) as object;
    const [first] = validateSync(request, {
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
    });
    if (first) throw refusal(first, '');
    return request;
  }
}

const strictJson = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  parseJson(exactBytes(context.switchToHttp().getRequest<FastifyRequest>())),
);

/** A body that nobody signed: strict JSON of up to 1 MiB, then the parameter's class-validator class. */
export const CheckedBody = (): ParameterDecorator =>
  limitedTo(REQUEST_BYTES_MAX, strictJson(CheckedRequestPipe));

/** The query string, checked by the parameter's class-validator class. */
export const CheckedQuery = (): ParameterDecorator => Query(CheckedRequestPipe);

/** The innermost first error, so that the pointer names the field and not its parent. */
function refusal(error: ValidationError, parent: string): Error {
  const pointer = `${parent}/${escapePointer(error.property)}`;
  const [child] = error.children ?? [];
  if (child) return refusal(child, pointer);
  const [[rule, detail] = []] = Object.entries(error.constraints ?? {});
  if (rule === 'whitelistValidation')
    return refuse('invalid-request', `There is no field ${error.property} here.`, pointer);
  return refuse('invalid-request', detail ?? `${error.property} is not accepted.`, pointer);
}
