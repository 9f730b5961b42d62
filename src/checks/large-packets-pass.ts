import {isKnown, knownOf} from '../cluster/answer.ts';
import {evidence} from '../findings/finding.ts';
import {isThrough, nodeOf, triesOf} from '../model/network/asked.ts';
import {check, type Found} from './check.ts';
import {attempts, networkSubject, notAsked} from './network-subject.ts';

export default check({
  id: 'large-packets-pass',
  link: 'Pod network',
  question: 'Large packets get to other nodes as well',
  needs: ['networkAnswers'],
  hopes: ['networks'],
  can: ['mtu-mismatch'],
  run: ({networkAnswers, networks}) => {
    const nothing = notAsked(networkAnswers);
    if (nothing !== null) return {skipped: nothing};
    const large = networkAnswers.filter(({size, heard}) => size === 'large' && isKnown(heard));
    if (large.length === 0) return {skipped: 'no endpoint is on another node than those that asked'};
    // where no connection stands, or small packets are lost as well, nothing shows of large ones
    const judged = large.filter(cell => triesOf([cell]).some(({connectMicros}) => connectMicros !== null) && (triesOf([cell]).every(each => isThrough(cell, each))
      || triesOf(networkAnswers.filter(({from, target, size}) => size !== 'large' && from === cell.from && target === cell.target)).every(each => isThrough({...cell, size: 'few'}, each))));
    if (judged.length === 0) return {skipped: 'small packets are lost, or refused, as well: nothing larger could be tried'};
    // connections stand, to the same address, and what was then sent was never acknowledged
    const lost = judged.filter(cell => triesOf([cell]).every(({outcome, connectMicros}) => outcome === 'timed-out' && connectMicros !== null));
    if (lost.length === 0) return {note: judged.length === large.length ? `${large.length} asked` : `${judged.length} asked; of ${large.length - judged.length} more small packets are lost, or refused, as well`};
    const ends = [...new Set(lost.flatMap(({from, target}) => [from.place.node, nodeOf(target)]).filter(node => node !== null))].sort();
    const pairs = [...new Set(lost.map(({from, target}) => `${from.place.node} → ${nodeOf(target)}`))].sort();
    const mtus = ends.flatMap(node => (knownOf(networks, node)?.links ?? []).filter(({name, master}) => name !== 'lo' && master === null).map(({name, mtu}) => `${node} ${name} ${mtu}`));
    const common = ends.filter(node => lost.every(({from, target}) => from.place.node === node || nodeOf(target) === node));
    const [{heard}] = lost as [typeof lost[number]];
    const bytes = isKnown(heard) && heard.known.ask.what.kind === 'connect' ? heard.known.ask.what.payload : 0;
    const finding: Found<'mtu-mismatch'> = {code: 'mtu-mismatch', subject: networkSubject(common.length === 1 ? common : ends), nodes: ends, confidence: 'likely', args: {pairs, bytes, mtus}, evidence: [...attempts(lost), ...mtus.map(text => evidence('file', 'interfaces', `MTU of ${text}`))]};
    return {findings: [finding]};
  },
});
