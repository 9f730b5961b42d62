// exposition reads files in Prometheus' text format with Prometheus' own code: the parser, the checks of a gatherer, which the textfile
// collector fails by, and the linter of promtool. It writes what it understood as JSON, a line a file.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

type sample struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels"`
	Value  float64           `json:"value"`
}

type answer struct {
	Samples  []sample `json:"samples"`
	Problems []string `json:"problems"`
}

func main() {
	out := json.NewEncoder(os.Stdout)
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := out.Encode(read(text)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func read(text []byte) answer {
	told := answer{Samples: []sample{}, Problems: []string{}}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		told.Problems = append(told.Problems, err.Error())
		return told
	}
	list := []*dto.MetricFamily{}
	for _, family := range families {
		list = append(list, family)
	}
	gathered, err := prometheus.Gatherers{prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return list, nil })}.Gather()
	if err != nil {
		told.Problems = append(told.Problems, err.Error())
	}
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil {
		told.Problems = append(told.Problems, err.Error())
	}
	for _, problem := range problems {
		told.Problems = append(told.Problems, problem.Metric+": "+problem.Text)
	}
	for _, family := range gathered {
		for _, metric := range family.Metric {
			if metric.TimestampMs != nil {
				told.Problems = append(told.Problems, family.GetName()+" has a timestamp, which the textfile collector refuses")
			}
			labels := map[string]string{}
			for _, label := range metric.Label {
				labels[label.GetName()] = label.GetValue()
			}
			told.Samples = append(told.Samples, sample{family.GetName(), labels, metric.GetGauge().GetValue()})
		}
	}
	return told
}
