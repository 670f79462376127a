// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTypes holds the tables of the C decoder against Tekton's types.
func TestTypes(t *testing.T) {
	files, err := filepath.Glob(filepath.FromSlash("../../../pipeline-creator/tekton/schema_*.c"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables: %v %v", files, err)
	}
	entry := regexp.MustCompile(`\{"([a-zA-Z0-9.]+)",\s*((?:"[^"]*"\s*)+)\}`)
	ours := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range entry.FindAllStringSubmatch(string(text), -1) {
			var fields strings.Builder
			for _, part := range regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(m[2], -1) {
				fields.WriteString(part[1])
			}
			ours[m[1]] = strings.Join(strings.Fields(fields.String()), " ")
		}
	}
	var out bytes.Buffer
	printTypes(&out)
	theirs := 0
	for line := range strings.Lines(out.String()) {
		name, fields, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		theirs++
		if ours[name] != fields {
			t.Errorf("%s\nhave %q\nwant %q", name, ours[name], fields)
		}
	}
	if theirs != len(ours) {
		t.Errorf("%d types, want %d", len(ours), theirs)
	}
}
