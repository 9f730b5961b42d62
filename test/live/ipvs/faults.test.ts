import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {clientPods, request, type Seen} from '../clients.ts';
import {describeReport, diagnose} from '../kdiag.ts';
import {freeze, guest, onGuest, type Place, thaw} from './guest.ts';
import {liveAll} from '../rig.ts';

/** Runs in the round of which a node is in mode ipvs. */
interface IpvsFault {
  readonly name: string;
  /** Differs little from another one, and each takes its time on an emulated machine: only where all are asked for. */
  readonly rarely?: true;
  /** Commands on the guest. */
  readonly break: (at: Place) => readonly string[];
  readonly repair: (at: Place) => readonly string[];
  readonly code: string;
  readonly exit?: 0 | 1;
  /** Share of the connections that succeed, of the guest's pods and of the guest itself. */
  readonly pod: (at: Place) => number;
  readonly host: (at: Place) => number;
  /** How many different pods answer. */
  readonly pods?: number;
  /** What failed connections look like to the guest's pods. */
  readonly why?: 'refused' | 'timeout';
}

/** An address that no node routes. */
const nobody = '10.244.9.99:9376';
const none = (): number => 0;
const all = (): number => 1;
const first = ({endpoints}: Place): string => endpoints[0] ?? '';
const server = ({vip}: Place): string => `-t ${vip}:80`;
const whole = (at: Place): readonly string[] => [`ipvsadm -D ${server(at)} 2> /dev/null || true`, `ipvsadm -A ${server(at)} -s rr`, ...at.endpoints.map(to => `ipvsadm -a ${server(at)} -r ${to} -m -w 1`)];
const near = ({near: share}: Place): number => share;

const faults: readonly IpvsFault[] = [
  {name: 'virtual server deleted', break: at => [`ipvsadm -D ${server(at)}`], repair: whole, code: 'rules-missing-service', pod: none, host: none, why: 'refused'},
  {name: 'one destination deleted', rarely: true, break: at => [`ipvsadm -d ${server(at)} -r ${first(at)}`], repair: whole, code: 'rules-missing-endpoint', pod: all, host: all, pods: 2},
  {
    name: 'one destination is nobody', code: 'rules-stale-endpoint', pod: () => 2 / 3, host: () => 2 / 3, pods: 2, repair: whole,
    break: at => [`ipvsadm -d ${server(at)} -r ${first(at)}`, `ipvsadm -a ${server(at)} -r ${nobody} -m`],
  },
  {name: 'one destination has weight 0', rarely: true, break: at => [`ipvsadm -e ${server(at)} -r ${first(at)} -m -w 0`], repair: whole, code: 'ipvs-destination-drained', pod: all, host: all, pods: 2},
  {name: 'all destinations have weight 0', break: at => at.endpoints.map(to => `ipvsadm -e ${server(at)} -r ${to} -m -w 0`), repair: whole, code: 'ipvs-destination-drained', pod: none, host: none, why: 'refused'},
  {name: 'weights that differ', rarely: true, break: at => [`ipvsadm -E ${server(at)} -s wrr`, `ipvsadm -e ${server(at)} -r ${first(at)} -m -w 8`], repair: whole, code: 'rules-wrong-balance', exit: 0, pod: all, host: all, pods: 3},
  {
    name: 'the VIP taken off kube-ipvs0', code: 'ipvs-address-not-bound', pod: none, host: all, why: 'timeout',
    break: ({vip}) => [`ip addr del ${vip}/32 dev kube-ipvs0`], repair: ({vip}) => [`ip addr add ${vip}/32 dev kube-ipvs0`],
  },
  {
    name: 'the set KUBE-CLUSTER-IP emptied', code: 'ipvs-set-incomplete', pod: none, host: near, why: 'refused',
    break: () => ['ipset save KUBE-CLUSTER-IP > /tmp/set', 'ipset flush KUBE-CLUSTER-IP'], repair: () => ['ipset restore -! < /tmp/set'],
  },
  {
    name: 'KUBE-POSTROUTING emptied: nothing masquerades', code: 'rules-missing-masquerade', pod: all, host: near,
    break: () => ['iptables-save -t nat > /tmp/nat', 'iptables -w 5 -t nat -F KUBE-POSTROUTING'], repair: () => ['iptables-restore < /tmp/nat'],
  },
  {
    name: 'a foreign rule of OUTPUT drops what goes to node1', rarely: true, code: 'rules-foreign-drop', pod: near, host: near, why: 'timeout',
    break: () => ['iptables -w 5 -I OUTPUT -d 10.244.1.0/24 -p tcp --dport 9376 -j DROP'], repair: () => ['iptables -w 5 -D OUTPUT -d 10.244.1.0/24 -p tcp --dport 9376 -j DROP'],
  },
  {
    name: 'a foreign rule of INPUT rejects the VIP: the node itself gets past it', code: 'rules-foreign-drop', pod: none, host: all, why: 'refused',
    break: ({vip}) => [`iptables -w 5 -I INPUT -d ${vip} -p tcp --dport 80 -j REJECT`], repair: ({vip}) => [`iptables -w 5 -D INPUT -d ${vip} -p tcp --dport 80 -j REJECT`],
  },
  {
    name: 'a table of mode nftables left over, and asked first', code: 'rules-left-over-from-mode', pod: none, host: none, why: 'timeout', repair: () => ['nft delete table ip kube-proxy'],
    break: ({vip}) => ['nft add table ip kube-proxy', ...['prerouting', 'output'].flatMap(hook => [
      `nft add chain ip kube-proxy nat-${hook} "{ type nat hook ${hook} priority -110; }"`, `nft add rule ip kube-proxy nat-${hook} ip daddr ${vip} tcp dport 80 dnat to ${nobody}`,
    ])],
  },
  {
    name: 'chains of mode iptables left over, and harmless', rarely: true, code: 'rules-left-over-from-mode', exit: 0, pod: all, host: all, pods: 3,
    break: () => ['iptables -w 5 -t nat -N KUBE-SVC-ODX2UBAZM7RQWOIU', 'iptables -w 5 -t nat -A KUBE-SVC-ODX2UBAZM7RQWOIU -j RETURN'],
    repair: () => ['iptables -w 5 -t nat -F KUBE-SVC-ODX2UBAZM7RQWOIU', 'iptables -w 5 -t nat -X KUBE-SVC-ODX2UBAZM7RQWOIU'],
  },
];

/** The ways that other commands ask about, on the guest as well: their addresses' virtual servers are deleted. */
interface Way {
  readonly command: 'dns' | 'apiserver-vip';
  readonly server: string;
  /** First of the root causes: kube-proxy is stopped all the while. */
  readonly code: string;
  /** Each is found, by one of its names: an emulated machine may lose a try over TCP as well. */
  readonly explains: readonly (readonly string[])[];
}

const ways: readonly Way[] = [
  {command: 'dns', server: '-u 10.96.0.10:53', code: 'kube-proxy-stale', explains: [['rules-missing-service'], ['dns-udp-only-broken', 'dns-vip-not-answering']]},
  {command: 'apiserver-vip', server: '-t 10.96.0.1:443', code: 'kube-proxy-stale', explains: [['rules-missing-service'], ['apiserver-vip-not-answering']]},
];

/** Without a debug pod kube-proxy is not asked: it is stopped all the while, and would be to blame. */
const svc = ['svc', 'hostnames', '--no-debug-pod'];

let place: Place;
before(async () => {
  await clientPods();
  place = await freeze();
}, {timeout: 180_000});
after(thaw, {timeout: 180_000});

test('ipvs: healthy, and kdiag has nothing to say', {timeout: 180_000}, async t => {
  const seen = await both(20);
  t.diagnostic(told(seen));
  assert.ok(seen.every(({ok}) => ok >= 18), told(seen));
  await healthy();
});

for (const fault of faults.filter(({rarely}) => liveAll || rarely !== true)) {
  test(`ipvs: ${fault.name}`, {timeout: 240_000}, async t => {
    try {
      await onGuest(...fault.break(place));
      const seen = await both(20);
      t.diagnostic(`clients: ${told(seen)}`);
      const found = await diagnose(svc);
      assert.deepEqual(found.report.verdict.rootCauses.map(({code, subject}) => `${code} ${subject.name}`), [`${fault.code} ${guest}`], describeReport(found));
      assert.equal(found.exit, fault.exit ?? 1, describeReport(found));
      const predicted = found.report.reach.find(({from, to}) => from.name === guest && !to.endsWith(')'))?.predicted ?? -1;
      const shares = [fault.pod(place), fault.host(place)];
      assert.ok(Math.abs(predicted - Math.min(...shares)) < 1e-6, `predicted ${predicted}, not ${Math.min(...shares)}\n${describeReport(found)}`);
      // Where no connection succeeds, it is exact. An emulated guest misses its 5 s now and then; and where ip_vs takes turns, shares are nearly so.
      for (const [i, share] of shares.entries()) {
        const {ok, tries} = seen[i] ?? {ok: -1, tries: 1};
        assert.ok(share === 0 ? ok === 0 : share === 1 ? ok >= 0.9 * tries : Math.abs(ok / tries - share) < 0.15, `${i === 0 ? 'pods' : 'the node'}: ${ok} of ${tries}, predicted ${share}; ${told(seen)}`);
      }
      const [pod] = seen;
      if (fault.why !== undefined) assert.ok(fault.why in (pod?.failures ?? {}), told(seen));
      if (fault.pods !== undefined) assert.equal(Object.keys(pod?.answers ?? {}).length, fault.pods, told(seen));
    } finally {
      await onGuest(...fault.repair(place));
    }
    // what is left of it would be one root cause too many of the next one
    if (liveAll) await healthy();
  });
}

/** The guest's pods, then the guest itself. It has 5 s: it is emulated, and slow. */
async function both(tries: number): Promise<readonly Seen[]> {
  return [await request(`pod on ${guest}`, `${place.vip}:80`, tries, 5), await request(guest, `${place.vip}:80`, tries, 5)];
}

function told(seen: readonly Seen[]): string {
  return seen.map(({ok, tries, answers, failures}, i) => `${i === 0 ? 'pod' : 'node'} ${ok}/${tries} ${JSON.stringify(answers)} ${JSON.stringify(failures)}`).join('; ');
}

for (const {command, server: address, code, explains} of ways) {
  test(`ipvs: ${command}: the virtual server of ${address} deleted`, {timeout: 300_000}, async () => {
    const kept = await onGuest(`ipvsadm -Sn | grep -e "^-A ${address} " -e "^-a ${address} "`);
    assert.match(kept, /-a /);
    try {
      await onGuest(`ipvsadm -D ${address}`);
      const found = await diagnose([command]);
      assert.deepEqual(found.report.verdict.rootCauses.filter(({level}) => level === 'error').map(each => `${each.code} ${each.subject.name}`), [`${code} ${guest}`], describeReport(found));
      for (const each of explains) assert.ok(found.report.findings.some(({code: said}) => each.includes(said)), `${each.join(' or ')}\n${describeReport(found)}`);
      assert.equal(found.exit, 1, describeReport(found));
    } finally {
      await onGuest(`ipvsadm -R <<'END'\n${kept.trim()}\nEND`);
    }
  });
}

test('ipvs: healthy again after all that was broken', {timeout: 180_000}, healthy);

async function healthy(): Promise<void> {
  const found = await diagnose(svc);
  assert.equal(found.exit, 0, describeReport(found));
  assert.equal(found.report.status, 'healthy', describeReport(found));
  assert.deepEqual(found.report.findings.filter(({level}) => level !== 'info').map(({code}) => code), [], describeReport(found));
}
