import {knownOf} from '../cluster/answer.ts';
import {nodeSubject} from '../findings/finding.ts';
import {hostPort} from '../model/ip.ts';
import {failureOf, takes, triesOf} from '../model/network/asked.ts';
import {isWonder, measuredOf} from '../model/network/expected.ts';
import {check, type Found} from './check.ts';
import {attempts, notAsked} from './network-subject.ts';
import {nameOf, noService} from './service-subject.ts';

export default check({
  id: 'service-address-answers',
  link: 'Node rules',
  question: "The Service's address answers as often as predicted",
  needs: ['service', 'networkAnswers', 'comparisons'],
  hopes: ['networks'],
  can: ['service-vip-not-answering'],
  run: ({service, networkAnswers, comparisons, networks}) => {
    if (service === null) return {skipped: noService};
    const nothing = notAsked(networkAnswers);
    if (nothing !== null) return {skipped: nothing};
    const measured = measuredOf(networkAnswers, comparisons, node => knownOf(networks, node));
    if (measured.length === 0) return {skipped: 'it has no address that was asked'};
    // a client that is kept at one endpoint gets all, or nothing
    const isSticky = service.spec.sessionAffinity === 'ClientIP';
    const wonders = [...Map.groupBy(measured.filter(each => isWonder(each) && each.ok / each.tries < (each.predicted ?? 1) && !(isSticky && each.predicted !== 0 && each.predicted !== 1)), ({node}) => node)];
    const findings = wonders.map(([node, own]): Found<'service-vip-not-answering'> => {
      const worst = own.toSorted((a, b) => a.ok / a.tries - (a.predicted ?? 0) - (b.ok / b.tries - (b.predicted ?? 0)))[0]!;
      const failed = triesOf(own.flatMap(({cells}) => cells)).filter(each => !takes(each));
      const {kind, text} = failureOf(failed);
      return {
        code: 'service-vip-not-answering', subject: nodeSubject(node), nodes: [node], confidence: 'likely',
        args: {reason: kind, service: nameOf(service), node, address: hostPort(worst.address, Number(worst.servicePort.split('/')[0])), clients: (['pod', 'node'] as const).filter(client => own.some(each => each.client === client)), tries: worst.tries, ok: worst.ok, predicted: worst.predicted ?? 1, failure: failed.length === 0 ? '' : text},
        evidence: attempts([...own.flatMap(({cells}) => cells), ...networkAnswers.filter(({from, target}) => from.place.node === node && target.kind === 'endpoint')]),
      };
    });
    const [tries, ok] = [measured.reduce((sum, each) => sum + each.tries, 0), measured.reduce((sum, each) => sum + each.ok, 0)];
    const better = measured.some(each => isWonder(each) && each.ok / each.tries > (each.predicted ?? 1)) ? '; more than predicted, which kdiag does not understand' : '';
    return {findings, note: `${ok} of ${tries} connections from ${new Set(measured.map(({node}) => node)).size} nodes and their pods${better}`};
  },
});
