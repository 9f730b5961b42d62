import {type DefaultTreeAdapterTypes, parse} from 'parse5';

/** An element of a page, as a browser's parser sees it. */
export interface Element {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** All text in it. */
  readonly text: string;
  readonly children: readonly Element[];
  /** Itself, and all in it, in the order of the page. */
  readonly all: readonly Element[];
}

export interface Page {
  readonly all: readonly Element[];
  /** What a parser complains of. */
  readonly errors: readonly string[];
  readonly find: (tag: string, kind?: string) => readonly Element[];
  /** By its id. */
  readonly part: (id: string) => Element;
}

export function readPage(html: string): Page {
  const errors: string[] = [];
  const document = parse(html, {onParseError: ({code, startLine, startCol}) => errors.push(`${code} at ${startLine}:${startCol}`)});
  const all = document.childNodes.flatMap(node => elementsOf(node)).flatMap(element => element.all);
  return {
    all, errors, find: (tag, kind) => find(all, tag, kind),
    part: id => {
      const found = all.find(({attributes}) => attributes.get('id') === id);
      if (found === undefined) throw new Error(`the page has no #${id}`);
      return found;
    },
  };
}

export function find(all: readonly Element[], tag: string, kind?: string): readonly Element[] {
  return all.filter(each => each.tag === tag && (kind === undefined || (each.attributes.get('class') ?? '').split(' ').includes(kind)));
}

function elementsOf(node: DefaultTreeAdapterTypes.Node): Element[] {
  if (!('tagName' in node)) return [];
  const children = node.childNodes.flatMap(elementsOf);
  const element: Element = {
    tag: node.tagName, attributes: new Map(node.attrs.map(({name, value}) => [name, value])), children,
    // Of a large page few are asked for
    get text() { return textOf(node); },
    get all() { return [element, ...children.flatMap(child => child.all)]; },
  };
  return [element];
}

function textOf(node: DefaultTreeAdapterTypes.Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}
