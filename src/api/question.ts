import {apiserverChecks, dnsChecks, nodeChecks, nodesChecks, podChecks, serviceChecks} from '../checks/index.ts';
import {checkNamespace, checkNode, parseFrom, parseService} from '../cli/target.ts';
import type {Question} from '../diagnose/diagnose.ts';
import {nameFault} from '../diagnose/dns-name.ts';
import {KdiagError} from '../kdiag-error.ts';
import type {Asked} from './asked.ts';

/** As the engine wants it. Throws KdiagError(2) for a name that is none. */
export function questionOf(asked: Exclude<Asked, {readonly command: 'check'}>, ownNamespace: string): Question {
  const namespace = 'namespace' in asked && asked.namespace !== undefined ? checkNamespace(asked.namespace) : ownNamespace;
  const from = 'from' in asked ? parseFrom(asked.from, namespace) : null;
  const place = 'from' in asked && asked.from !== undefined ? {from: asked.from} : {};
  const near = from?.kind === 'pod' ? from.namespace : namespace;
  switch (asked.command) {
    case 'svc': {
      const {service, port} = parseService(asked.service);
      return {command: {name: 'svc', args: {service, namespace, ...(port === null ? {} : {port}), ...place}}, target: {kind: 'service', namespace, service, port, from}, checks: serviceChecks, trace: asked.trace ?? false};
    }
    case 'dns': {
      const {name = null, type = null, tries = 5} = asked;
      const fault = name === null ? null : nameFault(name);
      if (fault !== null) throw new KdiagError(2, fault);
      return {command: {name: 'dns', args: {...(name === null ? {} : {name}), namespace, ...(type === null ? {} : {type}), ...place}}, target: {kind: 'dns', namespace: near, name, type, from, tries}, checks: dnsChecks};
    }
    case 'apiserver-vip':
      return {command: {name: 'apiserver-vip', args: place}, target: {kind: 'apiserver', namespace: near, from}, checks: apiserverChecks};
    case 'nodes':
      return {command: {name: 'nodes', args: {}}, target: {kind: 'nodes', from: null}, checks: nodesChecks};
    case 'node': {
      const node = checkNode(asked.node);
      return {command: {name: 'node', args: {node}}, target: {kind: 'node', from: {kind: 'node', name: node}}, checks: nodeChecks};
    }
    case 'pod': {
      const pod = parseFrom(`pod/${asked.pod}`, namespace);
      if (pod?.kind !== 'pod') throw new KdiagError(2, `“${asked.pod}” is no name of a pod`);
      return {command: {name: 'pod', args: {pod: `${pod.namespace}/${pod.name}`}}, target: {kind: 'pod', from: pod}, checks: podChecks};
    }
    default: // what no type checker has seen
      throw new KdiagError(2, `there is no question “${String((asked as {command?: unknown}).command)}”`);
  }
}
