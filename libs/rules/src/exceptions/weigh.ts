import {
  weighContractValue,
  weighElectronicDevice,
  weighOffTheShelf,
  weighUseElsewhere,
} from './contract.js';
import type { Circumstances, RulesetException, Weighed } from './exception.js';
import { weighRecycled } from './recycled.js';
import { weighNonavailability, weighWaiver } from './waiver.js';

/** Weighs one exception; undefined when nothing was claimed that could call on it. */
export function weighException(
  exception: RulesetException,
  circumstances: Circumstances,
): Weighed | undefined {
  switch (exception.kind) {
    case 'contract-value':
      return weighContractValue(exception, circumstances);
    case 'off-the-shelf':
      return weighOffTheShelf(exception, circumstances);
    case 'electronic-device':
      return weighElectronicDevice(circumstances);
    case 'use-elsewhere':
      return weighUseElsewhere(exception, circumstances);
    case 'recycled':
      return weighRecycled(exception, circumstances);
    case 'nonavailability':
      return weighNonavailability(circumstances);
    case 'waiver':
      return weighWaiver(exception, circumstances);
  }
}
