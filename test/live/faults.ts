import type {Fault} from './fault.ts';
import {kubeProxyFaults} from './faults/kube-proxy.ts';
import {ruleFaults} from './faults/rules.ts';
import {serviceFaults} from './faults/service.ts';
import {flavour, liveAll} from './rig.ts';

/** Rules come last: one of them leaves empty tables behind that nothing but a reboot removes. */
const all: readonly Fault[] = [...serviceFaults, ...kubeProxyFaults, ...ruleFaults];
export const faults: readonly Fault[] = flavour === 'legacy' ? all.filter(fault => fault.legacy) : all.filter(fault => liveAll || fault.rarely !== true);
