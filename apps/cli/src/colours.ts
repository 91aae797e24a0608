import { createColors } from 'picocolors';

/** Colour for whoever reads a terminal; plain text for files, pipes, CI and those who say NO_COLOR. */
export const pc = createColors(process.stdout.isTTY === true && !process.env.NO_COLOR);

/** The same for what goes to standard error. */
export const pcError = createColors(process.stderr.isTTY === true && !process.env.NO_COLOR);
