// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	stdjson "encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tektoncd/pipeline/pkg/apis/config"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"knative.dev/pkg/apis"
	"knative.dev/pkg/webhook/json"
)

var gates = []string{"stable", "beta", "alpha"}

func oracleFor(t *testing.T, gate string) *oracle {
	t.Helper()
	o, err := newOracle(gate)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// corpus calls f with every line of a file of recorded verdicts, or skips the
// test where the corpus is absent: it is no part of the repository.
func corpus(t *testing.T, name string, f func(line []byte)) {
	t.Helper()
	dir := os.Getenv("CORPUS")
	if dir == "" {
		dir = filepath.FromSlash("../../../../shared/corpus")
	}
	file, err := os.Open(filepath.Join(dir, "tekton", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no corpus: %v (set CORPUS to its folder)", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewReader(file); ; {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			f(line)
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func decode(t *testing.T, line []byte, into any) {
	t.Helper()
	if err := stdjson.Unmarshal(line, into); err != nil {
		t.Fatal(err)
	}
}

// recorded is a verdict of the corpus: a word and, unless it is OK, a text.
type recorded []string

func (r recorded) verdict() string {
	return map[string]string{"OK": accepted, "DECODE": undecodable, "INVALID": refused}[r[0]]
}

// message undoes what the recording did to the text. It joined lines, and put
// "-x" behind the generateName of an object without a name, even an empty one.
func (r recorded) message() string {
	if len(r) < 2 {
		return ""
	}
	return unnamed(r[1], "-x")
}

func unnamed(message, suffix string) string {
	before, after, found := strings.Cut(message, suffix+`": must be a valid DNS label`)
	if !found {
		return message
	}
	return before + `": must be a valid DNS label` + after
}

// tally counts how often the oracle agrees with the recorded verdicts.
type tally struct{ documents, same, roundTrip, contradicted int }

// compare holds a verdict against the recorded one. They differ in one way:
// the recording validated the object it had decoded, without writing it as
// JSON in between, so that it missed parameters without a value.
func (c *tally) compare(t *testing.T, where string, want recorded, got verdict) {
	t.Helper()
	c.documents++
	message := unnamed(strings.ReplaceAll(got.Message, "\n", " | "), generatedSuffix)
	switch {
	case got.Verdict == want.verdict() && message == want.message():
		c.same++
	case got.Verdict == refused && want.verdict() != undecodable &&
		strings.HasSuffix(message, `impossible ParamValues.Type: ""`):
		c.roundTrip++
		if want.verdict() == accepted {
			c.contradicted++
		}
	default:
		t.Errorf("%s: %s\nwant %s %q\ngot  %s %q", where, got.Name,
			want.verdict(), want.message(), got.Verdict, message)
	}
}

func (c *tally) log(t *testing.T) {
	t.Logf("%d documents: %d same verdict and text, %d refused for a parameter without a value (%d recorded as accepted)",
		c.documents, c.same, c.roundTrip, c.contradicted)
}

func TestMutations(t *testing.T) {
	for _, gate := range []string{"beta", "alpha"} {
		t.Run(gate, func(t *testing.T) {
			o := oracleFor(t, gate)
			var c tally
			corpus(t, "mutation-verdicts.jsonl", func(line []byte) {
				var row struct {
					Doc         stdjson.RawMessage
					From, Op    string
					Beta, Alpha recorded
				}
				decode(t, line, &row)
				verdicts, err := o.stream("-", bytes.NewReader(row.Doc))
				if err != nil || len(verdicts) != 1 {
					t.Fatalf("%s: %v %v", row.From, verdicts, err)
				}
				want := map[string]recorded{"beta": row.Beta, "alpha": row.Alpha}[gate]
				c.compare(t, row.From+" "+row.Op, want, verdicts[0])
			})
			c.log(t)
		})
	}
}

func TestExamples(t *testing.T) {
	for _, gate := range gates {
		t.Run(gate, func(t *testing.T) {
			o := oracleFor(t, gate)
			var c tally
			corpus(t, "example-verdicts.jsonl", func(line []byte) {
				var row struct {
					File, YAML string
					Documents  []map[string]stdjson.RawMessage
				}
				decode(t, line, &row)
				all, err := o.stream(row.File, strings.NewReader(row.YAML))
				if err != nil {
					t.Fatal(err)
				}
				// Files hold Secrets, ConfigMaps and the like too, which
				// were not recorded.
				var verdicts []verdict
				for _, v := range all {
					if !strings.HasPrefix(v.Message, "unhandled kind: ") {
						verdicts = append(verdicts, v)
					}
				}
				if len(verdicts) != len(row.Documents) {
					t.Fatalf("%s: %d documents, want %d", row.File, len(verdicts), len(row.Documents))
				}
				for i, document := range row.Documents {
					var want recorded
					decode(t, document[gate], &want)
					c.compare(t, row.File, want, verdicts[i])
				}
			})
			c.log(t)
		})
	}
}

// TestUnitVectors runs the inputs of Tekton's own unit tests. They are specs as
// often as objects, and under other gates, so that they go straight to Validate:
// it checks that this is the Tekton that the corpus was recorded with.
func TestUnitVectors(t *testing.T) {
	var c tally
	corpus(t, "unit-vectors.jsonl", func(line []byte) {
		var row struct {
			Kind, Error string
			OK          bool
			Input       stdjson.RawMessage
			Gates       struct {
				MaxMatrix     int    `json:"default-max-matrix-combinations-count"`
				DisableInline string `json:"disable-inline-spec"`
				APIFields     string `json:"enable-api-fields"`
				Artifacts     bool   `json:"enable-artifacts"`
				CEL           bool   `json:"enable-cel-in-whenexpression"`
				ConciseSyntax bool   `json:"enable-concise-resolver-syntax"`
				ParamEnum     bool   `json:"enable-param-enum"`
			}
		}
		decode(t, line, &row)
		cfg := config.FromContextOrDefaults(context.Background())
		cfg.Defaults.DefaultMaxMatrixCombinationsCount = row.Gates.MaxMatrix
		// Not recorded, but three of the tests need it and none minds.
		cfg.Defaults.DefaultForbiddenEnv = []string{"TEST_ENV"}
		cfg.FeatureFlags.DisableInlineSpec = row.Gates.DisableInline
		cfg.FeatureFlags.EnableAPIFields = row.Gates.APIFields
		cfg.FeatureFlags.EnableArtifacts = row.Gates.Artifacts
		cfg.FeatureFlags.EnableCELInWhenExpression = row.Gates.CEL
		cfg.FeatureFlags.EnableConciseResolverSyntax = row.Gates.ConciseSyntax
		cfg.FeatureFlags.EnableParamEnum = row.Gates.ParamEnum

		object, ok := map[string]apis.Validatable{
			"Task":            &v1.Task{},
			"TaskSpec":        &v1.TaskSpec{},
			"TaskRun":         &v1.TaskRun{},
			"TaskRunSpec":     &v1.TaskRunSpec{},
			"Pipeline":        &v1.Pipeline{},
			"PipelineSpec":    &v1.PipelineSpec{},
			"PipelineRun":     &v1.PipelineRun{},
			"PipelineRunSpec": &v1.PipelineRunSpec{},
		}[row.Kind]
		if !ok {
			t.Fatalf("unknown kind %q", row.Kind)
		}
		if err := json.Decode(row.Input, object, true); err != nil {
			t.Fatal(err)
		}
		want := recorded{"OK"}
		if !row.OK {
			want = recorded{"INVALID", strings.ReplaceAll(row.Error, "\n", " | ")}
		}
		got := verdict{Name: row.Kind, Verdict: accepted}
		if err := object.Validate(config.ToContext(context.Background(), cfg)); err != nil {
			got.Verdict, got.Message = refused, err.Error()
		}
		c.compare(t, string(row.Input), want, got)
	})
	c.log(t)
}

const (
	task   = "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: t}\nspec: {steps: [{image: i}]}\n"
	noStep = "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: t}\nspec: {}\n"
)

func TestStream(t *testing.T) {
	const run = "apiVersion: tekton.dev/v1\nkind: PipelineRun\nmetadata: {generateName: r-}\nspec: {pipelineRef: {name: p}"
	tests := []struct {
		name, text string
		want       []string // verdict, a space, part of the message
	}{
		{"empty", "", nil},
		{"comments and nothing else", "---\n# a\n---\n---\n# b\n", nil},
		{"two and empty ones between", "---\n" + task + "---\n# none\n---\n" + noStep + "---\n",
			[]string{accepted + " ", refused + " missing field(s): spec.steps"}},
		{"JSON", `{"apiVersion":"tekton.dev/v1","kind":"Task","metadata":{"name":"t"},"spec":{"steps":[{"image":"i"}]}}`,
			[]string{accepted + " "}},
		{"goes on after bad YAML", "a: [\n---\n" + task, []string{undecodable + " yaml: ", accepted + " "}},
		{"stops at a bad separator", task + "--- a\n" + task, []string{undecodable + " separator"}},
		{"no object", "- 1\n", []string{undecodable + " cannot unmarshal array"}},
		{"unknown field", task + "status: {}\n", []string{undecodable + ` unknown field "status"`}},
		{"kind of somebody else", "apiVersion: v1\nkind: Secret\n", []string{undecodable + " unhandled kind: /v1, Kind=Secret"}},
		{"version that is not", strings.Replace(task, "/v1", "/v2", 1), []string{undecodable + " unhandled kind: tekton.dev/v2, Kind=Task"}},
		{"generated name", run + "}\n", []string{accepted + " "}},
		{"generated name, cut", strings.Replace(run, "r-", strings.Repeat("r", 70), 1) + "}\n", []string{accepted + " "}},
		{"no name", strings.Replace(run, "r-", `""`, 1) + "}\n", []string{refused + ` invalid resource name ""`}},
		{"parameter without a value", run + ", params: [{name: a}]}\n", []string{refused + " impossible ParamValues.Type"}},
		{"a null that upsets nothing", run + ", params: null}\n", []string{accepted + " "}},
		{"StepAction", "apiVersion: tekton.dev/v1beta1\nkind: StepAction\nmetadata: {name: s}\nspec: {image: i}\n", []string{accepted + " "}},
		{"CustomRun", "apiVersion: tekton.dev/v1beta1\nkind: CustomRun\nmetadata: {name: c}\nspec: {customRef: {apiVersion: e.dev/v1, kind: E}}\n",
			[]string{accepted + " "}},
		{"v1beta1", strings.Replace(task, "/v1", "/v1beta1", 1), []string{accepted + " "}},
	}
	o := oracleFor(t, "beta")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			verdicts, err := o.stream("f", strings.NewReader(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if len(verdicts) != len(test.want) {
				t.Fatalf("%d verdicts, want %d: %+v", len(verdicts), len(test.want), verdicts)
			}
			for i, v := range verdicts {
				word, message, _ := strings.Cut(test.want[i], " ")
				if v.Verdict != word || !strings.Contains(v.Message, message) {
					t.Errorf("got %+v, want %s", v, test.want[i])
				}
				if v.File != "f" || v.Document != i+1 {
					t.Errorf("wrong place: %+v", v)
				}
			}
		})
	}
}

func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "task.yaml")
	if err := os.WriteFile(file, []byte(task), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, stdin string
		args        []string
		code, lines int
	}{
		{"help", "", []string{"-h"}, exitAccepted, strings.Count(usage, "\n") + 10},
		{"no arguments", "", nil, exitUnreadable, 0},
		{"unknown gate", "", []string{"-gate", "Alpha", file}, exitUnreadable, 0},
		{"file", "", []string{file}, exitAccepted, 1},
		{"standard input", noStep, []string{"-gate", "stable", "-"}, exitRefused, 1},
		{"forms", noStep, []string{"-forms", "-bench", "1", "-"}, exitRefused, 1},
		{"both", noStep, []string{file, "-", file}, exitRefused, 3},
		{"missing file", "", []string{file, file + "x", file}, exitUnreadable, 2},
		{"folder", "", []string{filepath.Dir(file)}, exitUnreadable, 0},
		{"serve", `{"text":""}` + "\n" + `{"text":"kind: X\n---\nkind: Y\n"}` + "\n", []string{"-serve"}, exitAccepted, 2},
		{"serve and a file", "", []string{"-serve", file}, exitUnreadable, 0},
		{"types and a file", "", []string{"-types", file}, exitUnreadable, 0},
		{"bad request", `{"txt":""}` + "\n", []string{"-serve"}, exitUnreadable, 0},
		{"request without text", "{}\n", []string{"-serve"}, exitUnreadable, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if code := run(test.args, strings.NewReader(test.stdin), &out, &errs); code != test.code {
				t.Errorf("exit code %d, want %d: %s", code, test.code, &errs)
			}
			if lines := strings.Count(out.String(), "\n"); lines != test.lines {
				t.Errorf("%d lines, want %d:\n%s", lines, test.lines, &out)
			}
			if failed := test.code == exitUnreadable; failed && errs.Len() == 0 {
				t.Error("nothing on standard error")
			}
		})
	}
}

func TestServe(t *testing.T) {
	requests, err := stdjson.Marshal(map[string]string{"text": task + "---\n" + noStep})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := oracleFor(t, "beta").serve(strings.NewReader(`{"text":""}`+"\n"+string(requests)+"\n"), &out); err != nil {
		t.Fatal(err)
	}
	const want = "[]\n" +
		`[{"file":"-","document":1,"kind":"Task","name":"t","verdict":"accepted","message":""},` +
		`{"file":"-","document":2,"kind":"Task","name":"t","verdict":"refused","message":"missing field(s): spec.steps"}]` + "\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", &out, want)
	}
}
