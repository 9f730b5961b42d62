/** A sample of the Prometheus text format: `name{label="value"} 1.5`. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN, Infinity or -Infinity. */
  readonly value: number;
}

/** Some families of what a `/metrics` answered. */
export interface Metrics {
  /** Name of a sample → its samples, in the order of the text. A name that is asked for and not there has an empty list. */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  /** Lines that begin with a name that was asked for, and are no samples. */
  readonly unparsed: readonly string[];
  /** Whether it is such a text at all: it has some sample, or a comment `# HELP` or `# TYPE`. What is not tells nothing by what it lacks. */
  readonly isMetrics: boolean;
}

const label = /([A-Za-z_][A-Za-z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?\s*/y;
const sample = /^([A-Za-z_:][A-Za-z0-9_:]*)\s*(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;

/**
 * Prometheus' exposition format 0.0.4: of its lines the samples whose names are wanted (a histogram's `_sum`, `_count` and `_bucket` by these
 * names). Time stamps are left out. All other lines are passed over, and are not checked.
 */
export function parseMetrics(text: string, wanted: readonly string[]): Metrics {
  const samples = new Map<string, Sample[]>(wanted.map(name => [name, []]));
  const unparsed: string[] = [];
  let isMetrics = false;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '');
    if (/^# (HELP|TYPE) /.test(line)) isMetrics = true;
    const name = /^[A-Za-z_:][A-Za-z0-9_:]*/.exec(line)?.[0];
    if (name === undefined) continue;
    const list = samples.get(name);
    if (list === undefined && isMetrics) continue;
    const read = readSample(line);
    if (read !== null) isMetrics = true;
    if (list === undefined) continue;
    if (read === null) unparsed.push(line);
    else list.push(read);
  }
  return {samples, unparsed, isMetrics};
}

function readSample(line: string): Sample | null {
  const [, name, inner, text = ''] = sample.exec(line) ?? [];
  const value = numberOf(text);
  const labels = inner === undefined ? {} : labelsOf(inner);
  return name === undefined || value === null || labels === null ? null : {name, labels, value};
}

function labelsOf(inner: string): Readonly<Record<string, string>> | null {
  const labels: [string, string][] = [];
  label.lastIndex = inner.length - inner.trimStart().length;
  while (label.lastIndex < inner.length) {
    const [, name = '', value = ''] = label.exec(inner) ?? [];
    if (name === '') return null;
    labels.push([name, value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))]);
  }
  return Object.fromEntries(labels);
}

/** As Go's ParseFloat takes it, as far as metrics are written. */
function numberOf(text: string): number | null {
  if (/^\+?Inf$/i.test(text)) return Infinity;
  if (/^-Inf$/i.test(text)) return -Infinity;
  if (/^NaN$/i.test(text)) return Number.NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}
