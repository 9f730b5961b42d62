import {evidence} from '../findings/finding.ts';
import {nearestPod, selectorText} from '../model/labels.ts';
import {check} from './check.ts';
import {noDnsPod, noDnsService, podName} from './dns-subject.ts';
import {nameOf, subjectOf} from './service-subject.ts';

export default check({
  id: 'dns-service-selects',
  link: 'Service',
  question: 'It selects the CoreDNS pods',
  needs: ['dnsService', 'dnsPods', 'pods'],
  can: ['dns-service-selector-mismatch'],
  run: ({dnsService, dnsPods, pods}) => {
    if (dnsService === null) return {skipped: noDnsService};
    if (dnsPods.length === 0) return {skipped: noDnsPod};
    const selector = dnsService.spec.selector ?? {};
    if (Object.keys(selector).length === 0) return {skipped: 'the DNS Service has no selector; others make its EndpointSlices'};
    if (pods.some(pod => dnsPods.some(({metadata}) => metadata.name === pod.metadata.name))) return {note: `${selectorText(selector)}, ${pods.length} ${pods.length === 1 ? 'pod' : 'pods'}`};
    const nearest = nearestPod(selector, dnsPods) ?? {pod: dnsPods[0]?.metadata.name ?? '', wrong: Object.entries(selector).map(([key, wanted]) => ({key, wanted, has: dnsPods[0]?.metadata.labels?.[key] ?? null}))};
    return {
      findings: [{
        code: 'dns-service-selector-mismatch', subject: subjectOf(dnsService),
        args: {service: nameOf(dnsService), selector: selectorText(selector), nearest},
        evidence: [
          evidence('object', `Service ${nameOf(dnsService)}`, `spec.selector: ${JSON.stringify(selector)}`),
          ...dnsPods.slice(0, 2).map(pod => evidence('object', `Pod ${podName(pod)}`, `metadata.labels: ${JSON.stringify(pod.metadata.labels ?? {})}`)),
        ],
      }],
    };
  },
});
