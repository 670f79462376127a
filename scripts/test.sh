#!/usr/bin/env bash
# What `make test` does after installing packages: unit tests under sanitizers, fuzz seeds, the browser application's
# tests, then the tests that drive the real binary. Prints what it does as it goes and ends with one line of counts.
set -uo pipefail
cd "$(dirname "$0")/.."
jobs=$(nproc)
passed=0 failed=0 skipped=0
log=build/test-log
mkdir -p "$log"

fail() {
  echo "FAILED: $1"
  failed=$((failed + 1))
}

# Counts of cmocka: "[  PASSED  ] 12 test(s)." and so on, one block a program.
count_cmocka() {
  passed=$((passed + $(sed -n 's/^\[  PASSED  \] \([0-9]*\) test(s)\..*/\1/p' "$1" | paste -sd+ | sed 's/^$/0/' | bc_)))
  failed=$((failed + $(sed -n 's/^\[  FAILED  \] \([0-9]*\) test(s).*/\1/p' "$1" | paste -sd+ | sed 's/^$/0/' | bc_)))
  skipped=$((skipped + $(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test(s).*/\1/p' "$1" | paste -sd+ | sed 's/^$/0/' | bc_)))
}
bc_() { local sum; read -r sum; echo $((sum)); }

echo "== building (release, sanitize)"
make --no-print-directory -j"$jobs" MODE=release all bench-build >"$log/release" 2>&1 ||
  { tail -n 40 "$log/release"; fail "release build"; }
make --no-print-directory -j"$jobs" MODE=sanitize all unit-programs fuzz-build >"$log/sanitize" 2>&1 ||
  { tail -n 40 "$log/sanitize"; fail "sanitizer build"; }

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0:allocator_may_return_null=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
if [[ -z ${CORPUS:-} && -d ../shared/corpus ]]; then
  CORPUS=$(cd ../shared/corpus && pwd)
fi
export CORPUS=${CORPUS:-}
[[ -n $CORPUS ]] || echo "No CORPUS folder: the tests that read other people's files are skipped."

echo "== unit tests under AddressSanitizer and UndefinedBehaviorSanitizer"
for program in $(find build/sanitize/test -type f -executable 2>/dev/null | sort); do
  name=${program#build/sanitize/test/}
  out=$log/$(tr / - <<<"$name")
  if timeout 600 "$program" >"$out" 2>&1; then
    printf '   %s\n' "$name"
    count_cmocka "$out"
  else
    before=$failed
    count_cmocka "$out"
    ((failed > before)) || failed=$((failed + 1))
    echo "FAILED: $name"
    tail -n 40 "$out"
  fi
  grep -hE '^[a-z0-9 -]+ [0-9]+ (files|objects)' "$out" | sed 's/^/     /' || true
done

echo "== fuzz targets over their seeds"
for target in $(find build/sanitize/fuzz -type f -executable 2>/dev/null | sort); do
  name=$(basename "$target")
  mapfile -t seeds < <(scripts/fuzz-seeds.sh "$name")
  if timeout 300 "$target" "${seeds[@]}" >"$log/$name" 2>&1; then
    printf '   %s: %s\n' "$name" "$(tail -n 1 "$log/$name")"
    passed=$((passed + 1))
  else
    fail "$name over ${seeds[*]}"
    tail -n 20 "$log/$name"
  fi
done

echo "== the browser application"
make --no-print-directory npm-all static >"$log/static" 2>&1 ||
  { tail -n 40 "$log/static"; fail "building the browser application"; }
npm test --silent --prefix static >"$log/npm" 2>&1 </dev/null || npm_failed=1
count_node() { sed -nE "s/^(#|ℹ) $1 ([0-9]+)$/\2/p" "$log/npm" | paste -sd+ | sed 's/^$/0/' | bc_; }
broken=$(($(count_node fail) + $(count_node cancelled)))
passed=$((passed + $(count_node pass)))
failed=$((failed + broken))
skipped=$((skipped + $(count_node skipped) + $(count_node todo)))
[[ -z ${npm_failed:-} ]] || tail -n 80 "$log/npm"
[[ -z ${npm_failed:-} || $broken -gt 0 ]] || fail "npm test"
echo "   $(count_node pass) passed, $broken failed"

echo "== the real binary"
python=build/venv/bin/python
scripts/venv.sh || fail "installing tests/requirements.txt"
scripts/venv.sh venv-kfp tests/requirements-kfp.txt || fail "installing tests/requirements-kfp.txt"
if scripts/has-go.sh; then
  (cd tests/conformance/tekton && go build -o ../../../build/tekton-oracle .) || fail "building the Tekton oracle"
  export TEKTON_ORACLE=$PWD/build/tekton-oracle
elif [[ ${CI:-} == true ]]; then
  fail "Go 1.26 or newer is needed for Tekton's own code, and is not here"
else
  echo "   no Go 1.26: what is checked with Tekton's own code is skipped"
fi
mapfile -t folders < <(find tests/api tests/browser tests/conformance tests/semantics -name 'test_*.py' -printf '%h\n' | sort -u)
"$python" -m pytest -q -ra --color=no "${folders[@]}" 2>&1 | tee "$log/pytest"
[[ ${PIPESTATUS[0]} -eq 0 ]] || pytest_failed=1
summary=$(grep -E '^(=+ )?[0-9]+ (passed|failed|error|skipped)' "$log/pytest" | tail -n 1)
number() { sed -nE "s/.*\b([0-9]+) $1.*/\1/p" <<<"$summary"; }
passed=$((passed + $(number passed || true) + 0))
broken=$(($(number failed) + $(number 'errors?') + 0))
failed=$((failed + broken))
skipped=$((skipped + $(number skipped) + 0))
[[ -z ${pytest_failed:-} || $broken -gt 0 ]] || fail "pytest"

echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 && $passed -gt 0 ]]
