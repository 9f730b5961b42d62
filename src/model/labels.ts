import type {Labels, LabelSelector, Pod} from '../cluster/objects.ts';

export function matches(selector: Labels, labels: Labels | undefined): boolean {
  return Object.entries(selector).every(([key, value]) => labels?.[key] === value);
}

/**
 * metav1.LabelSelector: all of it must hold; an empty one holds for everything. Null: it asks for what is not known, by an operator
 * that is not, or of `labels` that were not learned. Of those `known` are.
 */
export function selects({matchLabels = {}, matchExpressions = []}: LabelSelector, labels: Labels | null, known: Labels = {}): boolean | null {
  const each = [...Object.entries(matchLabels).map(([key, value]) => ({key, operator: 'In', values: [value]})), ...matchExpressions].map(({key, operator, values = []}) => {
    const value = (labels ?? known)[key];
    if (labels === null && value === undefined) return null;
    switch (operator) {
      case 'In': return value !== undefined && values.includes(value);
      case 'NotIn': return value === undefined || !values.includes(value); // an absent label is in no set
      case 'Exists': return value !== undefined;
      case 'DoesNotExist': return value === undefined;
      default: return null;
    }
  });
  return each.includes(false) ? false : each.includes(null) ? null : true;
}

/** `a=b,c=d`, keys sorted: the form in which selectors are asked for and shown. */
export function selectorText(selector: Labels): string {
  return Object.keys(selector).sort().map(key => `${key}=${selector[key]}`).join(',');
}

export interface Nearest {
  readonly pod: string;
  readonly wrong: readonly {readonly key: string; readonly wanted: string; readonly has: string | null}[];
}

/**
 * The pod whose labels come nearest to a selector that none has: it shares a label with it, or holds a wanted value in
 * another label, or a value that differs by a typing error. Null when no pod has anything in common with it.
 */
export function nearestPod(selector: Labels, pods: readonly Pod[]): Nearest | null {
  const wanted = Object.entries(selector);
  const ranked = pods.map(pod => {
    const labels = pod.metadata.labels ?? {};
    const wrong = wanted.filter(([key, value]) => labels[key] !== value);
    const near = wrong.filter(([key, value]) => (labels[key] !== undefined && alike(labels[key], value)) || Object.values(labels).includes(value));
    return {pod, wrong, score: (wanted.length - wrong.length) * 2 + near.length};
  });
  const best = ranked.filter(({score}) => score > 0).sort((a, b) => b.score - a.score || (a.pod.metadata.name < b.pod.metadata.name ? -1 : 1))[0];
  if (best === undefined) return null;
  return {pod: best.pod.metadata.name, wrong: best.wrong.map(([key, value]) => ({key, wanted: value, has: best.pod.metadata.labels?.[key] ?? null}))};
}

/** The names most like one, best first: within a third of its length in edits, or one contains the other. */
export function nearestNames(name: string, others: readonly string[], most = 3): string[] {
  return others.map(other => ({other, edits: distance(name, other)}))
    .filter(({other, edits}) => edits <= Math.max(2, Math.floor(name.length / 3)) || other.includes(name) || name.includes(other))
    .sort((a, b) => a.edits - b.edits || (a.other < b.other ? -1 : 1)).slice(0, most).map(({other}) => other);
}

function alike(a: string, b: string): boolean {
  return nearestNames(a, [b]).length > 0;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
