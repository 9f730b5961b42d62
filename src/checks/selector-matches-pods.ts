import {evidence} from '../findings/finding.ts';
import {nearestPod, selectorText} from '../model/labels.ts';
import {check} from './check.ts';
import {nameOf, noService, subjectOf} from './service-subject.ts';

export default check({
  id: 'selector-matches-pods',
  link: 'Endpoints',
  question: 'The selector matches pods',
  needs: ['service', 'pods'],
  hopes: ['namespacePods', 'workloads'],
  can: ['service-selector-matches-no-pod'],
  run: ({service, pods, namespacePods, workloads}) => {
    if (service === null) return {skipped: noService};
    const selector = service.spec.selector ?? {};
    if (service.spec.type === 'ExternalName') return {skipped: 'an ExternalName Service selects nothing'};
    if (Object.keys(selector).length === 0) return {skipped: 'the Service has no selector; others make its EndpointSlices'};
    if (pods.length > 0) return {note: `${selectorText(selector)}, ${pods.length} ${pods.length === 1 ? 'pod' : 'pods'}`};
    const idle = 'known' in workloads ? workloads.known.find(({spec}) => spec.replicas === 0) : undefined;
    const nearest = 'known' in namespacePods && idle === undefined ? nearestPod(selector, namespacePods.known) : null;
    const workload = idle === undefined ? null : `${idle.kind?.toLowerCase()}/${idle.metadata.name}`;
    const labels = nearest !== null && 'known' in namespacePods ? namespacePods.known.find(({metadata}) => metadata.name === nearest.pod)?.metadata.labels : undefined;
    return {
      findings: [{
        code: 'service-selector-matches-no-pod', subject: subjectOf(service),
        args: {reason: idle !== undefined ? 'scaled-to-zero' : nearest !== null ? 'label-mismatch' : 'no-pods', service: nameOf(service), selector: selectorText(selector), nearest, workload},
        evidence: [
          evidence('object', `Service ${nameOf(service)}`, `spec.selector: ${JSON.stringify(selector)}`),
          ...(labels === undefined ? [] : [evidence('object', `Pod ${service.metadata.namespace}/${nearest?.pod}`, `metadata.labels: ${JSON.stringify(labels)}`)]),
          ...(idle === undefined ? [] : [evidence('object', `${idle.kind} ${service.metadata.namespace}/${idle.metadata.name}`, 'spec.replicas: 0')]),
        ],
      }],
    };
  },
});
