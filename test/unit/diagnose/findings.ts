import type {Check} from '../../../src/checks/check.ts';
import type {Finding} from '../../../src/findings/finding.ts';
import {nodeSubject, subject} from '../../../src/findings/finding.ts';
import type {Ran} from '../../../src/diagnose/run-checks.ts';

const rule = (node: string) => ({service: 'shop/cart', services: ['shop/cart'], node, addresses: ['10.96.0.7:80/TCP']});
const common = {evidence: []};

/** Findings by hand, each about the node given. */
export const proxyMissing = (node: string): Finding => ({code: 'kube-proxy-missing', subject: nodeSubject(node), args: {reason: 'taint', node, daemonSet: 'kube-system/kube-proxy', detail: 'a taint', rules: 'broken'}, ...common});
export const neverSynced = (node: string): Finding => ({code: 'rules-never-synced', subject: nodeSubject(node), args: rule(node), ...common});
export const stale = (node: string): Finding => ({code: 'rules-stale-endpoint', subject: nodeSubject(node), args: {...rule(node), endpoints: ['10.244.1.9:80'], share: 0.5}, ...common});
export const missing = (node: string): Finding => ({code: 'rules-missing-endpoint', subject: nodeSubject(node), args: {...rule(node), endpoints: ['10.244.1.3:80'], chain: null, all: false}, ...common});
export const notExamined = (node: string): Finding => ({code: 'node-not-examined', subject: nodeSubject(node), args: {node, why: 'it does not answer'}, ...common});
export const refused: Finding = {code: 'debug-pod-refused', subject: subject('Cluster', null, 'debug-pods'), args: {why: 'PodSecurity refuses'}, ...common};
export const headless: Finding = {code: 'headless-service-has-no-vip', subject: subject('Service', 'shop', 'cart'), args: {service: 'shop/cart', addresses: []}, ...common};
export const podsNotReady: Finding = {code: 'service-pods-not-ready', subject: subject('Service', 'shop', 'cart'), args: {reason: 'readiness-probe', service: 'shop/cart', pods: ['a'], detail: 'x', usable: 0, total: 1}, ...common};
export const disagree: Finding = {code: 'endpoints-disagree-with-pods', subject: subject('Service', 'shop', 'cart'), args: {reason: 'missing', service: 'shop/cart', endpoints: ['10.244.1.3:80'], slices: []}, ...common};

export const warning = (finding: Finding): Finding => ({...finding, level: 'warning'});

export const someCheck: Check = {id: 'some-check', link: 'Service', question: 'All is well', needs: [], hopes: [], can: [], run: () => ({findings: []})};
export const ran = (outcome: Ran['outcome'], rest: Partial<Ran> = {}): Ran => ({check: someCheck, outcome, why: null, note: null, findings: [], unknowns: [], ms: 0, ...rest});
