import type { Form, Step } from '#lib/documents';
import { refuse } from '#lib/problem';

/**
 * One of these steps must stand in an event whose output has a form that none of its inputs has.
 * Scrap falls off any step.
 */
const MADE_BY: Record<Form, readonly Step[]> = {
  ore: ['mine'],
  concentrate: ['beneficiate'],
  compound: ['crack', 'separate', 'recycle'],
  oxide: ['calcine', 'separate', 'recycle'],
  metal: ['reduce', 'recycle'],
  alloy: ['cast', 'recycle'],
  powder: ['decrepitate', 'mill', 'recycle'],
  magnet: ['sinter', 'bond'],
  scrap: [],
};

/** What can come out of the ground; ion-adsorption clay is leached where it lies. */
const MINED_FORMS: readonly Form[] = ['ore', 'concentrate', 'compound'];
/** What the step `recycle` turns back into raw material. */
const RECYCLABLE: readonly Form[] = ['scrap', 'magnet'];
/** Steps that only divide or join material. */
const HANDLING: readonly Step[] = ['split', 'blend'];

/** Whether the steps only divide or join material, so that form and total mass stay. */
export function isHandling(steps: readonly Step[]): boolean {
  return steps.every((step) => HANDLING.includes(step));
}

/**
 * Refuses with `step-missing` what the named steps cannot have made: `mine` begins every event
 * without inputs and stands in no other; handling keeps the form; a new form needs one of its steps.
 */
export function requirePlausibleForms(
  steps: readonly Step[],
  inputs: readonly Form[],
  outputs: readonly Form[],
): void {
  const mined = inputs.length === 0;
  if (mined ? steps[0] !== 'mine' : steps.includes('mine'))
    throw refuse(
      'step-missing',
      mined ? 'Only mining makes something of no input.' : 'Mining takes no inputs.',
      '/credentialSubject/steps/0',
    );
  for (const [i, form] of outputs.entries()) {
    const pointer = `/credentialSubject/outputs/${i}/form`;
    if (mined && !MINED_FORMS.includes(form))
      throw refuse('step-missing', `A mine does not yield ${form}.`, pointer);
    if (inputs.includes(form)) continue;
    if (isHandling(steps))
      throw refuse('step-missing', `Dividing and joining does not make ${form}.`, pointer);
    if (!canMake(form, steps, inputs))
      throw refuse(
        'step-missing',
        `Of these inputs, ${form} is made by ${MADE_BY[form].join(' or ')}; no such step is named.`,
        pointer,
      );
  }
}

function canMake(form: Form, steps: readonly Step[], inputs: readonly Form[]): boolean {
  if (form === 'scrap') return true;
  return MADE_BY[form].some(
    (step) =>
      steps.includes(step) &&
      (step !== 'recycle' || inputs.some((input) => RECYCLABLE.includes(input))),
  );
}
