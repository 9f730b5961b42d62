import {knownOf} from '../cluster/answer.ts';
import type {Node} from '../cluster/objects.ts';
import type {Learn, Target} from './facts.ts';

/** Each node that is asked over TCP needs a debug pod. */
const most = 20;

/** Whether the work of each kube-proxy is what was asked about; else it is asked to say why rules differ, and can be done without. */
export const isAboutProxies = ({kind}: Target): boolean => kind === 'nodes' || kind === 'apiserver';

/**
 * The nodes whose kube-proxy is asked. Who asks about nodes or the API server: all; of many, those whose rules differ first. Who asks
 * about a Service or DNS: those whose rules differ, as it is their kube-proxy that may not do its work.
 */
export async function askedNodes({target, need, try: attempt}: Pick<Parameters<Learn<'proxyReports'>>[0], 'target' | 'need' | 'try'>): Promise<readonly Node[]> {
  const nodes = await need('examinedNodes');
  const everyone = isAboutProxies(target);
  if (everyone && nodes.length <= most) return nodes;
  const comparisons = await attempt('comparisons');
  const differs = ({metadata}: Node): boolean => (knownOf(comparisons, metadata.name) ?? []).some(({faults}) => faults.length > 0);
  return [...nodes.filter(differs), ...(everyone ? nodes.filter(node => !differs(node)) : [])].slice(0, most);
}
