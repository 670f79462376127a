// SPDX-License-Identifier: Apache-2.0

package main

import (
	stdjson "encoding/json"
	"fmt"
	"io"
	"path"
	"reflect"
	"sort"
	"strings"

	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"github.com/tektoncd/pipeline/pkg/result"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"knative.dev/pkg/apis"
)

// special holds the types that decode themselves, by the names that the tables
// of the C decoder have for them.
var special = map[reflect.Type]string{
	reflect.TypeFor[resource.Quantity]():    "quantity",
	reflect.TypeFor[intstr.IntOrString]():   "int-or-string",
	reflect.TypeFor[metav1.Duration]():      "duration",
	reflect.TypeFor[metav1.Time]():          "time",
	reflect.TypeFor[apis.VolatileTime]():    "time",
	reflect.TypeFor[metav1.MicroTime]():     "microtime",
	reflect.TypeFor[metav1.FieldsV1]():      "raw",
	reflect.TypeFor[result.ResultType]():    "raw", // of a status; takes nearly everything
	reflect.TypeFor[runtime.RawExtension](): "raw",
	reflect.TypeFor[v1.ParamValue]():        "param-value",
	reflect.TypeFor[v1beta1.ParamValue]():   "param-value",
}

var unmarshaler = reflect.TypeFor[stdjson.Unmarshaler]()

// typeTable collects every struct that decoding one of the served kinds can
// reach, as one line of fields each.
type typeTable map[string]string

// printTypes writes the tables of pipeline-creator/tekton/schema_*.c: a line is
// a name, a tab and the fields, in Go's order: name, "?" for omitempty, ":",
// type.
func printTypes(w io.Writer) {
	table := typeTable{}
	for _, empty := range served {
		table.name(reflect.TypeOf(empty).Elem())
	}
	names := make([]string, 0, len(table))
	for name := range table {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(w, "%s\t%s\n", name, table[name])
	}
}

// name says what the C tables call a type, and adds it if it is a struct.
func (table typeTable) name(t reflect.Type) string {
	if name, ok := special[t]; ok {
		return name
	}
	if reflect.PointerTo(t).Implements(unmarshaler) {
		panic(fmt.Sprintf("%v decodes itself", t))
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + table.name(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[]" + table.name(t.Elem())
	case reflect.Map:
		return "{}" + table.name(t.Elem())
	case reflect.Struct:
		return table.structure(t)
	case reflect.Interface:
		return "raw"
	default:
		return t.Kind().String()
	}
}

func (table typeTable) structure(t reflect.Type) string {
	// Tekton's packages are told apart by version, all others by what they are.
	pkg := path.Base(t.PkgPath())
	if !strings.Contains(t.PkgPath(), "tektoncd/pipeline") && strings.HasPrefix(pkg, "v1") {
		pkg = path.Base(path.Dir(t.PkgPath()))
	}
	name := pkg + "." + t.Name()
	if _, ok := table[name]; !ok {
		table[name] = "" // types refer to themselves
		table[name] = strings.Join(table.fields(t), " ")
	}
	return name
}

func (table typeTable) fields(t reflect.Type) []string {
	var fields []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || (!f.IsExported() && !f.Anonymous):
		case f.Anonymous && name == "":
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			fields = append(fields, table.fields(inner)...)
		default:
			if name == "" {
				name = f.Name
			}
			if strings.Contains(options, "omitempty") {
				name += "?"
			}
			fields = append(fields, name+":"+table.name(f.Type))
		}
	}
	return fields
}
