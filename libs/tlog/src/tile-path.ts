import { refuse } from '#lib/problem';
import { TILE_WIDTH } from './tile.js';

/** What a tlog-tiles path names: a hash tile of a level, or the entry bundle beside level 0. */
export interface TilePath {
  level: number | 'entries';
  index: number;
  /** 1 … 255 for a partial tile, 256 for a full one. */
  width: number;
}

const PATH = /^tile\/([0-9]{1,2}|entries)\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/;
const MAX_LEVEL = 63;

/**
 * Reads `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`, without a leading slash (C2SP
 * tlog-tiles, APIs). Only the one spelling of each tile is read; anything else, an index beyond
 * 2^53 - 1 included, is refused as `invalid-log-path`.
 */
export function parseTilePath(path: string): TilePath {
  const [, level, groups, width] = PATH.exec(path) ?? [];
  if (level !== undefined && groups !== undefined) {
    const tile: TilePath = {
      level: level === 'entries' ? level : Number(level),
      index: Number(groups.replaceAll(/[x/]/g, '')),
      width: width === undefined ? TILE_WIDTH : Number(width),
    };
    if (isTile(tile) && formatTilePath(tile) === path) return tile;
  }
  throw refuse('invalid-log-path', `"${path.slice(0, 100)}" is not a path of C2SP tlog-tiles.`);
}

/**
 * The path of a tile, as in `tile/0/x001/x234/067` or `tile/entries/000.p/112`. A tile that
 * cannot exist is refused as `invalid-log-path`.
 */
export function formatTilePath({ level, index, width }: TilePath): string {
  if (!isTile({ level, index, width })) {
    throw refuse('invalid-log-path', `Level ${level}, index ${index}, width ${width} is no tile.`);
  }
  const suffix = width === TILE_WIDTH ? '' : `.p/${width}`;
  return `tile/${level}/${formatIndex(index)}${suffix}`;
}

function isTile({ level, index, width }: TilePath): boolean {
  return (
    (level === 'entries' || (Number.isInteger(level) && level >= 0 && level <= MAX_LEVEL)) &&
    Number.isSafeInteger(index) &&
    index >= 0 &&
    Number.isInteger(width) &&
    width >= 1 &&
    width <= TILE_WIDTH
  );
}

/** "Zero-padded 3-digit path elements. All but the last path element MUST begin with an x." */
function formatIndex(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/.{3}/g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}/` : group)).join('');
}
