#!/usr/bin/env bash
# The folders whose files a fuzz target starts from, one a line: its own seeds, or documents that are there anyway.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1#fuzz_} in
document) printf '%s\n' tests/conformance/documents tests/conformance/compile/documents ;;
compile) printf '%s\n' tests/conformance/compile/documents tests/conformance/compile/wrong ;;
canonical) echo tests/fuzz/seeds/lint ;;
package) printf '%s\n' tests/fuzz/seeds/archive tests/fuzz/seeds/yaml tests/conformance/compile/documents ;;
*) echo "tests/fuzz/seeds/${1#fuzz_}" ;;
esac
