// SPDX-License-Identifier: Apache-2.0

// Command oracle says of every document of a YAML stream whether Tekton's
// admission webhook accepts it. It runs Tekton's own code, so that tests can
// hold ours against it without a cluster.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// Exit codes.
const (
	exitAccepted   = 0
	exitRefused    = 1
	exitUnreadable = 2
)

const usage = `usage: oracle [-gate stable|beta|alpha] FILE...
       oracle [-gate stable|beta|alpha] -serve
       oracle -types

Prints one line of JSON for each document of the YAML files (- is standard input):
  {"file": …, "document": n, "kind": …, "name": …, "verdict": …, "message": …}
where the verdict is accepted, undecodable or refused.
Exit code: 0 all accepted, 1 some not, 2 something could not be read.

With -forms each line also has "canonical", what Trusted Resources hashes (empty
for kinds that are not signed), and "converted", the object as v1 (empty for
kinds that are not converted); with -bench N also "ns", how long decoding, defaulting and
validating it takes: the median of N rounds.

With -serve it reads one line {"text": …} for each request from standard input
and answers each with one line: the array of verdicts. Its exit code is then 0,
or 2 after a bad request, whatever the verdicts are.

With -types it prints the fields of every type that decoding can reach, one type
a line: what pipeline-creator/tekton/schema_*.c hold.

`

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("oracle", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {} // help goes to standard output, all else does not
	help := func(w io.Writer) {
		flags.SetOutput(w)
		fmt.Fprint(w, usage)
		flags.PrintDefaults()
	}
	gate := flags.String("gate", "beta", "feature `gate`: stable, beta or alpha")
	serve := flags.Bool("serve", false, "answer requests from standard input until it ends")
	forms := flags.Bool("forms", false, "print the canonical and the converted form as well")
	rounds := flags.Int("bench", 0, "measure `N` rounds of each document")
	types := flags.Bool("types", false, "print the types that decoding can reach")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		help(stdout)
		return exitAccepted
	} else if err != nil || (*serve || *types) == (flags.NArg() > 0) {
		help(stderr)
		return exitUnreadable
	}
	if *types {
		printTypes(stdout)
		return exitAccepted
	}
	o, err := newOracle(*gate)
	if err != nil {
		fmt.Fprintln(stderr, "oracle:", err)
		return exitUnreadable
	}

	o.forms, o.rounds = *forms, *rounds
	if *serve {
		if err := o.serve(stdin, stdout); err != nil {
			fmt.Fprintln(stderr, "oracle:", err)
			return exitUnreadable
		}
		return exitAccepted
	}
	code := exitAccepted
	out := newEncoder(stdout)
	for _, file := range flags.Args() {
		verdicts, err := o.file(file, stdin)
		for _, v := range verdicts {
			if v.Verdict != accepted {
				code = max(code, exitRefused)
			}
			if err := out.Encode(v); err != nil {
				fmt.Fprintln(stderr, "oracle:", err)
				return exitUnreadable
			}
		}
		if err != nil {
			fmt.Fprintln(stderr, "oracle:", err)
			code = exitUnreadable
		}
	}
	return code
}

// file judges one file, or standard input where its name is "-".
func (o *oracle) file(name string, stdin io.Reader) ([]verdict, error) {
	if name == "-" {
		return o.stream(name, stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return o.stream(name, f)
}

// serve answers requests until the input ends. A request that is none is the
// caller's fault and ends it, for an answer to it could be taken for a verdict.
func (o *oracle) serve(r io.Reader, w io.Writer) error {
	in := json.NewDecoder(r)
	in.DisallowUnknownFields()
	out := newEncoder(w)
	for {
		var request struct {
			Text *string `json:"text"`
		}
		if err := in.Decode(&request); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("bad request: %w", err)
		}
		if request.Text == nil {
			return errors.New(`bad request: no "text"`)
		}
		verdicts, err := o.stream("-", strings.NewReader(*request.Text))
		if err != nil {
			return err
		}
		if err := out.Encode(verdicts); err != nil {
			return err
		}
	}
}

// newEncoder returns an encoder that leaves <, > and & readable.
func newEncoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}
