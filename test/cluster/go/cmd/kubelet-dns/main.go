// Says what a kubelet's own code makes of a pod's DNS settings: JSON objects in, one a line, JSON objects out.
// {"pod": Pod, "clusterDNS": […], "clusterDomain": "…", "node": "text of the node's resolv.conf", or null for a kubelet without one}
// gives {"servers": […], "searches": […], "options": […]} or {"error": "…"}.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"

	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/record"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/kubelet/network/dns"
)

type question struct {
	Pod           v1.Pod   `json:"pod"`
	ClusterDNS    []string `json:"clusterDNS"`
	ClusterDomain string   `json:"clusterDomain"`
	Node          *string  `json:"node"`
}

type answer struct {
	Servers  []string `json:"servers"`
	Searches []string `json:"searches"`
	Options  []string `json:"options"`
	Error    string   `json:"error,omitempty"`
}

func main() {
	klog.SetLogger(klog.Logger{})
	folder, err := os.MkdirTemp("", "kubelet-dns")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "resolv.conf")
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			panic(err)
		}
		used := ""
		if q.Node != nil {
			used = file
			if err := os.WriteFile(file, []byte(*q.Node), 0o600); err != nil {
				panic(err)
			}
		}
		var servers []net.IP
		for _, text := range q.ClusterDNS {
			servers = append(servers, net.ParseIP(text))
		}
		var out answer
		configurer := dns.NewConfigurer(&record.FakeRecorder{}, nil, []net.IP{net.ParseIP("172.30.0.11")}, servers, q.ClusterDomain, used)
		if got, err := configurer.GetPodDNS(context.Background(), &q.Pod); err != nil {
			out.Error = err.Error()
		} else {
			out = answer{Servers: got.Servers, Searches: got.Searches, Options: got.Options}
		}
		line, _ := json.Marshal(out)
		fmt.Println(string(line))
	}
}
