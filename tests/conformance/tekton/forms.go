// SPDX-License-Identifier: Apache-2.0

package main

import (
	stdjson "encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1alpha1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"knative.dev/pkg/apis"
	"knative.dev/pkg/webhook/json"
	"knative.dev/pkg/webhook/resourcesemantics"
)

// newDeserializer returns the one that Tekton's controller reads resolved
// resources with: unknown fields are lost, names differ by case.
func newDeserializer() (runtime.Decoder, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{v1.AddToScheme, v1beta1.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	return serializer.NewCodecFactory(scheme).UniversalDeserializer(), nil
}

// canonical returns the bytes whose SHA-256 Trusted Resources verifies.
func (o *oracle) canonical(text []byte) (string, error) {
	object, _, err := o.resolved.Decode(text, nil, nil)
	if err != nil {
		return "", err
	}
	if _, ok := object.(interface{ Checksum() ([]byte, error) }); !ok {
		return "", fmt.Errorf("%T has no checksum", object)
	}
	object.(apis.Defaultable).SetDefaults(o.ctx)

	// What Checksum of each kind does before it hashes.
	out := object.DeepCopyObject()
	in := object.(metav1.Object)
	annotations := map[string]string{}
	for key, value := range in.GetAnnotations() {
		switch key {
		case "kubectl-client-side-apply", "kubectl.kubernetes.io/last-applied-configuration", "tekton.dev/signature":
		default:
			annotations[key] = value
		}
	}
	reflect.ValueOf(out).Elem().FieldByName("ObjectMeta").Set(reflect.ValueOf(metav1.ObjectMeta{
		Name: in.GetName(), GenerateName: in.GetGenerateName(), Namespace: in.GetNamespace(),
		Labels: in.GetLabels(), Annotations: annotations,
	}))
	written, err := stdjson.Marshal(out)
	return string(written), err
}

// converted returns an object of v1beta1, with its defaults, as Tekton's
// conversion webhook has it in v1; one of v1 as it is.
func (o *oracle) converted(raw []byte, empty resourcesemantics.GenericCRD) (string, error) {
	object := empty.DeepCopyObject().(resourcesemantics.GenericCRD)
	if err := json.Decode(raw, object, true); err != nil {
		return "", err
	}
	object.SetDefaults(o.ctx)
	var to apis.Convertible
	switch object.(type) {
	case *v1.Task, *v1.TaskRun, *v1.Pipeline, *v1.PipelineRun:
		written, err := stdjson.Marshal(object)
		return string(written), err
	case *v1beta1.Task:
		to = &v1.Task{}
	case *v1beta1.TaskRun:
		to = &v1.TaskRun{}
	case *v1beta1.Pipeline:
		to = &v1.Pipeline{}
	case *v1beta1.PipelineRun:
		to = &v1.PipelineRun{}
	default:
		return "", fmt.Errorf("%T is not converted", object)
	}
	if err := object.(apis.Convertible).ConvertTo(o.ctx, to); err != nil {
		return "", err
	}
	written, err := stdjson.Marshal(to)
	return string(written), err
}

// bench returns the nanoseconds that decoding, defaulting and validating one
// document takes, the median of n rounds.
func (o *oracle) bench(raw []byte, empty resourcesemantics.GenericCRD, n int) (int64, error) {
	rounds := make([]int64, 0, n)
	ctx := apis.WithinCreate(o.ctx)
	for range n {
		start := time.Now()
		object := empty.DeepCopyObject().(resourcesemantics.GenericCRD)
		if err := json.Decode(raw, object, true); err != nil {
			return 0, err
		}
		object.SetDefaults(ctx)
		if err := object.Validate(ctx).Filter(apis.ErrorLevel); err != nil {
			return 0, err
		}
		rounds = append(rounds, time.Since(start).Nanoseconds())
	}
	slices.Sort(rounds)
	return rounds[len(rounds)/2], nil
}
