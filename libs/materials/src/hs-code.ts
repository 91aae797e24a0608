import type { Form } from '#lib/documents';

/**
 * Harmonised System codes under which rare-earth material of a form is declared: headings, or whole
 * six-digit codes. The alloy is contested between 2805.30, 3824 and 7202.99 (US customs rulings), so
 * all three pass.
 */
const USUAL_CODES: Record<Form, readonly string[]> = {
  ore: ['2530.90', '2612', '2617.90'],
  concentrate: ['2530.90', '2612', '2617.90'],
  compound: ['2846'],
  oxide: ['2846'],
  metal: ['2805.30'],
  alloy: ['2805.30', '3824', '7202.99'],
  powder: ['2805.30', '3824', '7202.99', '7205'],
  magnet: ['8505.11', '8505.19'],
  scrap: ['2620', '3825', '7204', '8505', '8549'],
};

/** Whether rare-earth material of that form is usually declared under the code. */
export function isUsualCode(hsCode: string, form: Form): boolean {
  return USUAL_CODES[form].some((usual) => hsCode.startsWith(usual));
}
