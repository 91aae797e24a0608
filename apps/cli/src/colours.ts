import { createColors } from 'picocolors';

/**
 * Colour for whoever reads a terminal; plain text for files, pipes and CI. FORCE_COLOR asks for it
 * elsewhere, and NO_COLOR wins over everything.
 */
function colourOn(stream: { isTTY?: boolean }): boolean {
  const { FORCE_COLOR, NO_COLOR } = process.env;
  return !NO_COLOR && (stream.isTTY === true || Boolean(FORCE_COLOR));
}

/** Colours for standard output. */
export const pc = createColors(colourOn(process.stdout));

/** Colours for standard error. */
export const pcError = createColors(colourOn(process.stderr));
