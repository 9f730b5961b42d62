import {evidence} from '../findings/finding.ts';
import {listeningPorts} from '../model/dns/servers.ts';
import {portText} from '../model/endpoints.ts';
import {portsOf, targetPortIn} from '../model/target-port.ts';
import {check} from './check.ts';
import {noDnsPod, noDnsService} from './dns-subject.ts';
import {nameOf, subjectOf} from './service-subject.ts';

/** A port that a container declares is believed: something else than CoreDNS may listen there. */
export default check({
  id: 'dns-service-target-port',
  link: 'Service',
  question: 'It sends queries to the port where CoreDNS listens',
  needs: ['dnsService', 'dnsPods', 'corefile'],
  can: ['dns-service-target-port-wrong'],
  run: ({dnsService, dnsPods, corefile: {config, configMap}}) => {
    if (dnsService === null) return {skipped: noDnsService};
    if (dnsPods.length === 0) return {skipped: noDnsPod};
    const listens = config === null ? [] : listeningPorts(config);
    if (listens.length === 0) return {skipped: 'where CoreDNS listens is not known'};
    const wrong = (dnsService.spec.ports ?? []).flatMap((port, index) => {
      const targets = [...new Set(dnsPods.map(pod => targetPortIn(pod, port)))];
      const [target] = targets;
      const well = port.port !== 53 || targets.length !== 1 || target === null || target === undefined || listens.includes(target) || dnsPods.some(pod => portsOf(pod).some(({containerPort}) => containerPort === target));
      return well ? [] : [{port, index, target}];
    });
    const [first] = wrong;
    if (first === undefined) return {note: listens.join(', ')};
    const same = wrong.filter(({target}) => target === first.target);
    return {
      findings: [{
        code: 'dns-service-target-port-wrong', subject: subjectOf(dnsService), args: {service: nameOf(dnsService), ports: same.map(({port}) => portText(port)), indexes: same.map(({index}) => index), target: first.target, listens, configMap},
        evidence: same.map(({port, index}) => evidence('object', `Service ${nameOf(dnsService)}`, `spec.ports[${index}]: ${JSON.stringify(port)}`)),
      }],
    };
  },
});
