// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tektoncd/pipeline/pkg/apis/config"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1alpha1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	k8syaml "k8s.io/apimachinery/pkg/util/yaml"
	"knative.dev/pkg/apis"
	"knative.dev/pkg/webhook/json"
	"knative.dev/pkg/webhook/resourcesemantics"
	"sigs.k8s.io/yaml"
)

// The verdicts. A document that the oracle cannot judge (bad YAML, a kind that
// Tekton's webhook does not serve) is undecodable, so that it never passes for
// accepted.
const (
	accepted    = "accepted"
	undecodable = "undecodable"
	refused     = "refused"
)

// verdict is what the webhook says about one document.
type verdict struct {
	File     string `json:"file"`
	Document int    `json:"document"` // from 1; empty documents are not counted
	Kind     string `json:"kind"`
	Name     string `json:"name"` // metadata.name, else metadata.generateName
	Verdict  string `json:"verdict"`
	Message  string `json:"message"` // empty when accepted

	Canonical string `json:"canonical,omitempty"`
	Converted string `json:"converted,omitempty"`
	NS        int64  `json:"ns,omitempty"`
}

// served holds the kinds of the group tekton.dev that Tekton's webhook
// registers (its cmd/webhook/main.go), each with an empty object to copy.
var served = map[schema.GroupVersionKind]resourcesemantics.GenericCRD{
	v1.SchemeGroupVersion.WithKind("Task"):                     &v1.Task{},
	v1.SchemeGroupVersion.WithKind("TaskRun"):                  &v1.TaskRun{},
	v1.SchemeGroupVersion.WithKind("Pipeline"):                 &v1.Pipeline{},
	v1.SchemeGroupVersion.WithKind("PipelineRun"):              &v1.PipelineRun{},
	v1beta1.SchemeGroupVersion.WithKind("Task"):                &v1beta1.Task{},
	v1beta1.SchemeGroupVersion.WithKind("TaskRun"):             &v1beta1.TaskRun{},
	v1beta1.SchemeGroupVersion.WithKind("Pipeline"):            &v1beta1.Pipeline{},
	v1beta1.SchemeGroupVersion.WithKind("PipelineRun"):         &v1beta1.PipelineRun{},
	v1beta1.SchemeGroupVersion.WithKind("CustomRun"):           &v1beta1.CustomRun{},
	v1beta1.SchemeGroupVersion.WithKind("StepAction"):          &v1beta1.StepAction{},
	v1alpha1.SchemeGroupVersion.WithKind("StepAction"):         &v1alpha1.StepAction{},
	v1alpha1.SchemeGroupVersion.WithKind("VerificationPolicy"): &v1alpha1.VerificationPolicy{},
}

// oracle judges documents under one set of feature gates.
type oracle struct {
	ctx      context.Context
	resolved runtime.Decoder // of resources that a resolver has fetched
	forms    bool            // print the forms of an object as well
	rounds   int             // of the bench; 0 = none
}

// newOracle returns an oracle for the gate "stable", "beta" or "alpha".
//
// The gate is the flag enable-api-fields. Under alpha the flags of single alpha
// features are on too: they are off in every install until someone sets them,
// and without them "alpha" would refuse most of what Tekton calls alpha.
func newOracle(gate string) (*oracle, error) {
	flags := map[string]string{"enable-api-fields": gate}
	switch gate {
	case config.StableAPIFields, config.BetaAPIFields:
	case config.AlphaAPIFields:
		for _, name := range []string{
			config.EnableArtifacts,
			config.EnableCELInWhenExpression,
			config.EnableConciseResolverSyntax,
			config.EnableParamEnum,
		} {
			flags[name] = "true"
		}
	default:
		return nil, fmt.Errorf("no such gate: %q", gate)
	}
	features, err := config.NewFeatureFlagsFromMap(flags)
	if err != nil {
		return nil, err
	}
	// Everything else is as in an install that nobody has configured.
	cfg := config.FromContextOrDefaults(context.Background())
	cfg.FeatureFlags = features
	resolved, err := newDeserializer()
	if err != nil {
		return nil, err
	}
	return &oracle{ctx: config.ToContext(context.Background(), cfg), resolved: resolved}, nil
}

// stream judges every document of a YAML stream. The error is that of reading;
// what is wrong with a document is in its verdict.
func (o *oracle) stream(file string, r io.Reader) ([]verdict, error) {
	verdicts := []verdict{} // never nil: it is printed as a JSON array
	documents := k8syaml.NewYAMLReader(bufio.NewReader(r))
	for {
		text, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return verdicts, nil
		}
		var syntax k8syaml.YAMLSyntaxError
		if err != nil && !errors.As(err, &syntax) {
			return verdicts, err
		}
		v := verdict{File: file, Document: len(verdicts) + 1, Verdict: undecodable}
		if err != nil {
			// A separator line with text behind it. The reader has dropped
			// what came before it, so there is nothing to go on from.
			v.Message = err.Error()
			return append(verdicts, v), nil
		}
		raw, err := toJSON(text)
		switch {
		case err != nil:
			v.Message = err.Error()
		case string(raw) == "null":
			continue // kubectl skips empty documents as well
		default:
			o.judge(raw, &v)
		}
		verdicts = append(verdicts, v)
	}
}

// toJSON converts one document as kubectl does: JSON is taken as it is, since
// reading it as YAML could change its numbers.
func toJSON(text []byte) ([]byte, error) {
	if k8syaml.IsJSONBuffer(text) && stdjson.Valid(text) {
		return bytes.TrimSpace(text), nil
	}
	return yaml.YAMLToJSON(text)
}

// judge fills in the verdict on one JSON document.
func (o *oracle) judge(raw []byte, v *verdict) {
	var object map[string]any
	if err := stdjson.Unmarshal(raw, &object); err != nil {
		v.Message = err.Error()
		return
	}
	// Errors say that a field is no string; it is then as good as missing.
	apiVersion, _, _ := unstructured.NestedString(object, "apiVersion")
	v.Kind, _, _ = unstructured.NestedString(object, "kind")
	v.Name, _, _ = unstructured.NestedString(object, "metadata", "name")
	if v.Name == "" {
		v.Name, _, _ = unstructured.NestedString(object, "metadata", "generateName")
	}

	kind := schema.FromAPIVersionAndKind(apiVersion, v.Kind)
	empty, ok := served[kind]
	if !ok {
		v.Message = fmt.Sprintf("unhandled kind: %v", kind)
		return
	}
	v.Verdict, v.Message = o.admit(raw, empty)
	if o.forms {
		v.Canonical, _ = o.canonical(raw)
		v.Converted, _ = o.converted(raw, empty)
	}
	if o.rounds > 0 && v.Verdict == accepted {
		v.NS, _ = o.bench(raw, empty, o.rounds)
	}
}

// admit does what happens to an object between its creation and its storage:
// the defaulting webhook, the API server, the validating webhook.
//
// The object is written as JSON before and after its defaults, since the first
// webhook answers with a patch and the second decodes afresh. That is no
// formality: a parameter without a value decodes and would validate, but cannot
// be written, which is where Tekton refuses it.
func (o *oracle) admit(raw []byte, empty resourcesemantics.GenericCRD) (result, message string) {
	// A panic ends the webhook's answer without one, which the API server
	// takes for a refusal (failurePolicy: Fail).
	defer func() {
		if r := recover(); r != nil {
			result, message = refused, fmt.Sprintf("panic: %v", r)
		}
	}()
	ctx := apis.WithinCreate(o.ctx)

	object := empty.DeepCopyObject().(resourcesemantics.GenericCRD)
	if err := json.Decode(raw, object, true); err != nil {
		return undecodable, err.Error()
	}
	if _, err := json.Marshal(object); err != nil {
		return refused, fmt.Sprintf("cannot create patch for round tripped newBytes: cannot marshal interface: %v", err)
	}
	object.SetDefaults(ctx)
	generateName(object.(metav1.Object))
	defaulted, err := json.Marshal(object)
	if err != nil {
		return refused, fmt.Sprintf("cannot marshal interface: %v", err)
	}

	object = empty.DeepCopyObject().(resourcesemantics.GenericCRD)
	if err := json.Decode(defaulted, object, true); err != nil {
		return undecodable, err.Error()
	}
	// Warnings do not refuse.
	if err := object.Validate(ctx).Filter(apis.ErrorLevel); err != nil {
		return refused, err.Error()
	}
	return accepted, ""
}

// generatedSuffix stands for the five characters that the API server draws.
const generatedSuffix = "xxxxx"

// generateName names an object that has only a generateName, as the API server
// does before the validating webhook sees it: the prefix is cut so that the
// name has at most 63 characters.
func generateName(object metav1.Object) {
	prefix := object.GetGenerateName()
	if object.GetName() != "" || prefix == "" {
		return
	}
	object.SetName(prefix[:min(len(prefix), 63-len(generatedSuffix))] + generatedSuffix)
}
