import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {networkFaults} from '../../replays/network-faults.ts';
import {breakEach} from '../break-each.ts';
import {describeReport, diagnose} from '../kdiag.ts';
import {kubeProxySynced} from '../node-rules.ts';
import {putBack, remember, settled} from '../restore.ts';
import {liveAll} from '../rig.ts';
import {removeApps} from './apps.ts';
import {breaks} from './faults.ts';
import {noOverlay, overlay} from './overlay.ts';
import {oneEachWorker} from './pods.ts';
import {noSecondNetwork, podsOverSecond, secondNetwork} from './second-network.ts';

/** Those that differ most; the others are replayed each time, and broken when all are asked for. */
const some = [
  "the route to node2's pods gone on node1", 'the pod network goes over a second NIC, which carries nothing', 'node2 does not forward', 'the way from node2 carries packets of 1400 bytes, and does not say so',
  'node2 answers by another interface than it is asked by, and filters strictly', "a firewall on node2 drops the overlay's packets", 'the Service sends to a port where nothing listens', "what node1 sends to node2's pods goes by way of cp", 'a NetworkPolicy lets nobody in',
];
const deployment = ['-n default get deploy hostnames'];
let asItWas: Awaited<ReturnType<typeof remember>> | undefined;

breakEach({
  prepare: async () => {
    asItWas = await remember(deployment);
    await oneEachWorker();
  },
  command: 'svc hostnames', breaks, faults: networkFaults.filter(({name}) => liveAll || some.includes(name)), objects: deployment, clear: removeApps,
  healed: async () => {
    await settled();
    await kubeProxySynced('node3');
  },
});

/** Networks of other forms than the demo's, with nothing broken. */
const healthy = [
  {name: 'the pod network goes over a second NIC', make: async () => { await secondNetwork(); await podsOverSecond(); }, remove: noSecondNetwork},
  {name: 'the pod network is an overlay', make: overlay, remove: noOverlay},
];

for (const {name, make, remove} of healthy) {
  test(`svc hostnames: silent where ${name}`, {timeout: 120_000}, async () => {
    try {
      await make();
      const {report, ...found} = await diagnose(['svc', 'hostnames']);
      assert.deepEqual([report.status, report.findings], ['healthy', []], describeReport({report, ...found}));
    } finally {
      await remove();
    }
  });
}

after(async () => {
  if (asItWas === undefined) return;
  await putBack(asItWas, deployment);
  await settled();
}, {timeout: 120_000});
