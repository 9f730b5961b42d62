// proxyrules writes what kube-proxy writes on one node, in iptables or nftables mode, into the network namespace that it runs in
// (give it one of its own), and prints what iptables-save or nft then says. One world a line on stdin, one answer a line on stdout.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/proxy/iptables"
	"k8s.io/kubernetes/pkg/proxy/nftables"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
	utiliptables "k8s.io/kubernetes/pkg/util/iptables"
)

type world struct {
	// iptables (also when it is not told) or nftables
	Mode string `json:"mode"`
	Node struct {
		Name         string            `json:"name"`
		IP           string            `json:"ip"`
		Labels       map[string]string `json:"labels"`
		ClusterCIDRs []string          `json:"clusterCIDRs"`
	} `json:"node"`
	Services []v1.Service              `json:"services"`
	Slices   []discovery.EndpointSlice `json:"slices"`
}

// The sysctls are the namespace's own business.
type noSysctls struct{}

func (noSysctls) GetSysctl(string) (int, error) { return 0, nil }
func (noSysctls) SetSysctl(string, int) error   { return nil }

// Never: a proxier that is no longer needed must not write again.
const never = 10000 * time.Hour

func main() {
	silence := flag.NewFlagSet("klog", flag.PanicOnError)
	klog.InitFlags(silence)
	_ = silence.Parse([]string{"-logtostderr=false", "-stderrthreshold=FATAL"})
	klog.SetOutput(io.Discard)

	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<28)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var w world
		check(json.Unmarshal(in.Bytes(), &w))
		flush()
		sync(w, v1.IPv4Protocol, utiliptables.ProtocolIPv4)
		sync(w, v1.IPv6Protocol, utiliptables.ProtocolIPv6)
		if w.Mode == "nftables" {
			check(out.Encode(map[string]string{"nft-tables": output("nft", "list", "tables"), "nft-json": output("nft", "-j", "list", "table", "ip", "kube-proxy") + output("nft", "-j", "list", "table", "ip6", "kube-proxy")}))
			continue
		}
		check(out.Encode(map[string]string{"iptables-nft-save": output("iptables-nft-save"), "ip6tables-nft-save": output("ip6tables-nft-save")}))
	}
	check(in.Err())
}

// What all proxiers have in common.
type proxier interface {
	OnTopologyChange(labels map[string]string)
	OnServiceAdd(service *v1.Service)
	OnEndpointSliceAdd(slice *discovery.EndpointSlice)
	OnEndpointSlicesSynced()
	OnServiceSynced()
}

func sync(w world, family v1.IPFamily, protocol utiliptables.Protocol) {
	var pods proxyutil.LocalTrafficDetector = proxyutil.NewNoOpLocalDetector()
	for _, cidr := range w.Node.ClusterCIDRs {
		if strings.Contains(cidr, ":") == (family == v1.IPv6Protocol) {
			pods = proxyutil.NewDetectLocalByCIDR(cidr)
		}
	}
	var p proxier
	var err error
	if w.Mode == "nftables" {
		p, err = nftables.NewProxier(context.Background(), family, never, 0, false, 14,
			pods, w.Node.Name, net.ParseIP(w.Node.IP), nil, nil, nil, false)
	} else {
		p, err = iptables.NewProxier(context.Background(), family, utiliptables.New(protocol), noSysctls{}, never, 0, false, true, 14,
			pods, w.Node.Name, net.ParseIP(w.Node.IP), nil, nil, nil, false)
	}
	check(err)
	p.OnTopologyChange(w.Node.Labels)
	for i := range w.Services {
		p.OnServiceAdd(&w.Services[i])
	}
	for i := range w.Slices {
		p.OnEndpointSliceAdd(&w.Slices[i])
	}
	p.OnEndpointSlicesSynced()
	p.OnServiceSynced()
}

func flush() {
	for _, tool := range []string{"iptables", "ip6tables"} {
		for _, table := range []string{"nat", "filter", "mangle"} {
			_ = exec.Command(tool, "-w", "-t", table, "-F").Run()
			_ = exec.Command(tool, "-w", "-t", table, "-X").Run()
		}
	}
	for _, family := range []string{"ip", "ip6"} {
		_ = exec.Command("nft", "delete", "table", family, "kube-proxy").Run()
	}
}

func output(tool string, args ...string) string {
	text, err := exec.Command(tool, args...).Output()
	check(err)
	return string(text)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "proxyrules:", err)
		os.Exit(1)
	}
}
