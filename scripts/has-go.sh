#!/usr/bin/env bash
# Whether Go 1.26 or newer is here.
minor=$(go env GOVERSION 2>/dev/null | sed -nE 's/^go1\.([0-9]+).*/\1/p')
((${minor:-0} >= 26))
