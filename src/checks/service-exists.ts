import {evidence, subject} from '../findings/finding.ts';
import {nearestNames} from '../model/labels.ts';
import {check} from './check.ts';

export default check({
  id: 'service-exists',
  link: 'Service',
  question: 'The Service exists',
  needs: ['target', 'service'],
  hopes: ['similarServices'],
  can: ['service-not-found'],
  run: ({target, service, similarServices}) => {
    const name = `${target.namespace}/${target.service}`;
    if (service !== null) return {note: name};
    const similar = 'known' in similarServices ? similarServices.known : [];
    const here = similar.filter(({metadata}) => metadata.namespace === target.namespace).map(({metadata}) => metadata.name);
    const elsewhere = similar.filter(({metadata}) => metadata.namespace !== target.namespace).map(({metadata}) => `${metadata.namespace}/${metadata.name}`);
    return {
      findings: [{
        code: 'service-not-found', subject: subject('Service', target.namespace, target.service),
        args: {service: name, nearest: nearestNames(target.service, here).map(each => `${target.namespace}/${each}`), elsewhere},
        evidence: [evidence('object', `GET services/${target.service} in namespace ${target.namespace}`, '404 Not Found'), ...(here.length === 0 ? [] : [evidence('object', `services of namespace ${target.namespace}`, here.join(' '))])],
      }],
    };
  },
});
