/** The end that all names have in common, from a dot on: `.eu-west-1.compute.internal`. In a map's narrow headings it only takes room. */
export function commonEnd(names: readonly string[]): string {
  const [first = '', ...others] = names;
  if (others.length === 0) return '';
  for (let dot = first.indexOf('.', 1); dot > 0; dot = first.indexOf('.', dot + 1)) {
    const end = first.slice(dot);
    if (others.every(name => name.length > end.length && name.endsWith(end))) return end;
  }
  return '';
}
