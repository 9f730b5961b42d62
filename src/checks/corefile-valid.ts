import {isKnown} from '../cluster/answer.ts';
import {evidence} from '../findings/finding.ts';
import {saidIn} from '../model/dns/server-logs.ts';
import {stateOf} from '../model/pods.ts';
import {check} from './check.ts';
import {corednsSubject, noDnsPod, podName} from './dns-subject.ts';

export default check({
  id: 'corefile-valid',
  link: 'CoreDNS',
  question: 'CoreDNS can load its Corefile',
  needs: ['dnsPods'],
  hopes: ['corefile', 'dnsLogs'],
  can: ['coredns-corefile-invalid'],
  run: ({dnsPods, corefile, dnsLogs}) => {
    if (dnsPods.length === 0) return {skipped: noDnsPod};
    const known = isKnown(corefile) ? corefile.known : null;
    const running = dnsPods.some(pod => stateOf(pod).state === 'ready');
    const logged = isKnown(dnsLogs) ? saidIn(dnsLogs.known, dnsPods, 'corefile-refused').find(({troubled, cause}) => troubled || cause.when === 'reload') : undefined;
    // What a CoreDNS that runs was built with is not known: of that only what no CoreDNS takes is believed without its own word.
    // A slip of a directive is one with any build.
    const slips = new Set(known?.config?.unknownDirectives.filter(({nearest}) => nearest !== null).map(({line}) => line));
    const error = known?.config?.refusals.find(({certain, stage, line}) => certain && (!running || stage === 'syntax' || (stage === 'directive' && slips.has(line)))) ?? null;
    const missing = known !== null && known.text === null && !running;
    if (logged === undefined && error === null && !missing) return known === null && !isKnown(corefile) ? {unknown: [{subject: corednsSubject(dnsPods), unknown: corefile.unknown}]} : {note: known === null ? '' : `ConfigMap ${known.configMap}`};
    const line = logged?.cause.line ?? error?.line ?? null;
    const detail = missing ? 'there is no Corefile' : logged?.cause.reason ?? error?.reason ?? '';
    const text = line === null ? undefined : known?.text?.split('\n')[line - 1];
    return {
      findings: [{
        code: 'coredns-corefile-invalid', subject: corednsSubject(dnsPods), ...(running ? {level: 'warning' as const} : {}),
        args: {configMap: known?.configMap ?? null, line: line === 0 ? null : line, detail, pods: dnsPods.map(podName), running},
        evidence: [
          ...(logged === undefined ? [] : logged.finding.lines.map(each => evidence('log', `Pod ${podName(logged.pod)}`, each))),
          ...(text === undefined ? [] : [evidence('object', `ConfigMap ${known?.configMap}, line ${line}`, text.trim())]),
        ],
      }],
    };
  },
});
