import fs from 'node:fs';

/** One fenced `sh` block of a guide, and what the guide says that one sees. */
export interface CommandBlock {
  /** Where it stands: `docs/buyer.md:42`. */
  place: string;
  commands: string;
  /** The `text` block that follows, `…` standing for anything; undefined where none follows. */
  seen: string | undefined;
}

/** The `sh` blocks of a Markdown file in order, each with the `text` block right behind it. */
export function commandBlocks(file: string): CommandBlock[] {
  const blocks: CommandBlock[] = [];
  const fences = /^```(\w+)\n([\s\S]*?)^```$/gm;
  const text = fs.readFileSync(file, 'utf8');
  for (const { 1: language, 2: body, index } of text.matchAll(fences)) {
    const place = `${file}:${text.slice(0, index).split('\n').length}`;
    if (language === 'sh') blocks.push({ place, commands: body!, seen: undefined });
    const last = blocks.at(-1);
    if (language === 'text' && last) last.seen = body!;
  }
  return blocks;
}

/** What a person would have seen: no colours, no spaces at the ends of lines. */
export function asSeen(output: string): string {
  return output.replaceAll(/[ \t]+$/gm, '').trim();
}

/** The output that a `text` block describes, as a pattern over all of it. */
export function patternOf(seen: string): RegExp {
  const literal = asSeen(seen)
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join(String.raw`[\s\S]*?`)}$`);
}
