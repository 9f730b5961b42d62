import {columns} from '../plain.ts';
import {html, type Markup, nothing} from './markup.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One drawing, with a sentence for who does not see it. */
export function drawing(id: string, kind: string, width: number, height: number, title: string, content: Markup): Markup {
  return html`<svg class="${kind}" viewBox="-2 -2 ${width + 4} ${height + 4}" role="img" aria-labelledby="${id}"><title id="${id}">${title}</title>${content}</svg>`;
}

export function frame({x, y, width, height}: Box, kind: string): Markup {
  return html`<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="9"/>`;
}

/** Text does not wrap in a drawing: what is too long is cut, and whole in its title. */
export function label(x: number, y: number, text: string, room: number, kind: string, anchor: 'start' | 'middle' | 'end' = 'start'): Markup {
  const shown = fitted(text, room);
  return html`<text class="${kind}" x="${x}" y="${y}"${anchor === 'start' ? nothing : html` text-anchor="${anchor}"`}>${shown === text ? nothing : html`<title>${text.slice(0, 500)}</title>`}${shown}</text>`;
}

/** The middle of names is what can be spared: a pod's end tells it from its like. */
function fitted(text: string, room: number): string {
  if (columns(text) <= room) return text;
  const chars = Array.from(text.slice(0, 2000));
  const half = Math.max(1, Math.floor((room - 1) / 2));
  const head = chars.slice(0, half).join('');
  let tail = '';
  for (let i = chars.length - 1; i > half && columns(chars[i] ?? '') + columns(tail) <= room - 1 - columns(head); i -= 1) tail = `${chars[i]}${tail}`;
  return `${head}…${tail}`;
}

/** A line with a head, straight, or bent once halfway across. */
export function arrow(from: readonly [number, number], to: readonly [number, number], kind = ''): Markup {
  const [[x1, y1], [x2, y2]] = [from, to];
  const down = x1 === x2;
  const head = down ? `M${x2 - 5} ${y2 - 8}L${x2} ${y2}L${x2 + 5} ${y2 - 8}` : `M${x2 - 8} ${y2 - 5}L${x2} ${y2}L${x2 - 8} ${y2 + 5}`;
  const middle = (x1 + x2) / 2;
  const line = down || y1 === y2 ? `M${x1} ${y1}L${x2} ${y2}` : `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
  return html`<path class="line ${kind}" d="${line}"/><path class="head ${kind}" d="${head}"/>`;
}
