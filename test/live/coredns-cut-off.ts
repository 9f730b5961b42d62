import type {Broken} from './break-each.ts';
import {offNode2BySelector} from './kube-proxy-off.ts';
import {cleanRules} from './node-rules.ts';
import {patch, tryOnNode, until} from './rig.ts';

/** CoreDNS on a node where nothing translates the API server's address: it never gets ready. */
export const corednsCutOff: Broken = {
  break: async () => {
    await offNode2BySelector.off();
    await cleanRules('node2');
    await patch('-n kube-system deploy coredns', {op: 'add', path: '/spec/template/spec/nodeSelector', value: {'kubernetes.io/hostname': 'node2'}}, {op: 'replace', path: '/spec/strategy', value: {type: 'Recreate'}});
    await until('CoreDNS to complain', 90, async () => {
      const {stdout} = await tryOnNode('node2', 'tail -n 100 /var/log/pods/kube-system_coredns-*/coredns/*.log');
      return /10\.96\.0\.1:443.*(timeout|refused)|(?:Plugins not ready: "kubernetes"[^]*){8}$/.test(stdout) ? true : null;
    });
  },
  repair: offNode2BySelector.undo ?? (async () => {}),
};
