import parse from 'parse-prometheus-text-format';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of a file in Prometheus' text format. test/formats asks Prometheus' own parser, which needs Go. */
export function samplesOf(text: string): Sample[] {
  return parse(text).flatMap(({name, metrics}) => metrics.map(({labels = {}, value}) => ({name, labels, value: Number(value)})));
}

/** What the textfile collector would refuse a file for, or Prometheus' linter complain of. */
export function complaintsAboutExposition(text: string): string[] {
  const families = parse(text);
  const series = text.split('\n').filter(line => line !== '' && !line.startsWith('#')).map(line => line.replace(/ \S+$/, ''));
  return [
    ...(text.endsWith('\n') ? [] : ['the last line has no end']),
    ...text.split('\n').slice(0, -1).filter(line => !/^(# (HELP|TYPE) [a-z_]+ \S.*|[a-z_]+(\{([a-z_]+="([^"\\\n]|\\[\\"n])*",?)+\})? -?\d+(\.\d+)?(e-?\d+)?)$/.test(line)).map(line => `no line of the format: ${line}`),
    ...families.filter(({help, type, name}) => help === '' || type !== 'GAUGE' || !/^kdiag_[a-z_]+$/.test(name)).map(({name}) => `${name} lacks help or type`),
    ...families.flatMap(({name}, i) => (families.findIndex(each => each.name === name) === i ? [] : [`${name} is in two places`])),
    ...series.filter((key, i) => series.indexOf(key) !== i).map(key => `twice: ${key}`),
  ];
}
