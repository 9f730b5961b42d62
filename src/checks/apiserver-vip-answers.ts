import {isKnown} from '../cluster/answer.ts';
import {nodeSubject} from '../findings/finding.ts';
import {targetText} from '../model/apiserver/questions.ts';
import {attempts, failureOf, shareOf, unasked} from './apiserver-cells.ts';
import {check, type Found} from './check.ts';

export default check({
  id: 'apiserver-vip-answers',
  link: 'API server',
  question: "The Service's address answers on each node, and in its pods",
  needs: ['service', 'apiAnswers'],
  can: ['apiserver-vip-not-answering'],
  run: ({service, apiAnswers}) => {
    if (service === null) return {skipped: 'the Service does not exist'};
    const cells = apiAnswers.filter(({target}) => target.kind === 'vip');
    if (cells.length === 0) return {skipped: 'there is nowhere to ask from'};
    const nodes = [...Map.groupBy(cells.filter(({heard}) => isKnown(heard)), ({from}) => from.place.node)];
    const findings = nodes.flatMap(([node, own]): Found<'apiserver-vip-not-answering'>[] => {
      const poor = own.filter(cell => (shareOf([cell]) ?? 1) < 1);
      const [first] = poor;
      // as the same clients hear the endpoints: what keeps pods from the API server may let their node through
      const expected = shareOf(apiAnswers.filter(({from, target}) => target.kind === 'endpoint' && poor.some(cell => cell.from === from))) ?? 0;
      const share = shareOf(poor) ?? 1;
      // an endpoint that does not answer takes its share, and is told by itself
      if (first === undefined || (share > 0 && expected < 1)) return [];
      const {reason, text} = failureOf(poor);
      const clients = (['pod', 'node'] as const).filter(client => poor.some(({from}) => (from.pod === null) === (client === 'node')));
      return [{code: 'apiserver-vip-not-answering', subject: nodeSubject(node), ...(share > 0.9 ? {level: 'warning' as const} : {}), args: {reason, node, address: targetText(first.target), clients, share, expected, failure: text}, evidence: attempts(poor)}];
    });
    return {findings, unknown: unasked(cells), note: `on ${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}`};
  },
});
