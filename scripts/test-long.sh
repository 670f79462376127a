#!/usr/bin/env bash
# What takes too long for `make test`: fuzzing, every allocation of a compile failing once, valgrind, large inputs.
# FUZZ_SECONDS (300) is for each target. Prints figures; ends with one line of counts.
set -uo pipefail
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-300}
passed=0 failed=0
mkdir -p build/test-log
if [[ -z ${CORPUS:-} && -d ../shared/corpus ]]; then
  CORPUS=$(cd ../shared/corpus && pwd)
fi
export CORPUS=${CORPUS:-}

ok() {
  echo "ok: $1"
  passed=$((passed + 1))
}
fail() {
  echo "FAILED: $1"
  failed=$((failed + 1))
}

echo "== fuzzing, $seconds s each"
make --no-print-directory -j"$(nproc)" MODE=fuzz fuzz-build >/dev/null || fail "fuzz build"
fuzz() { # target binary
  local name work
  name=$(basename "$1")
  work=build/fuzz-work/$name
  mkdir -p "$work/corpus" "$work/found"
  local seeds
  mapfile -t seeds < <(scripts/fuzz-seeds.sh "$name")
  if "$1" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="$work/found/" "$work/corpus" "${seeds[@]}" >"$work/log" 2>&1; then
    echo "   $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log") runs, no finding"
  else
    tail -n 30 "$work/log"
    echo "   $name: a finding in $work/found"
    return 1
  fi
}
running=()
for target in $(find build/fuzz/fuzz -type f -executable | sort); do
  fuzz "$target" &
  running+=($!)
  if ((${#running[@]} >= $(nproc))); then
    wait "${running[0]}" && ok "fuzzing" || fail "fuzzing"
    running=("${running[@]:1}")
  fi
done
for pid in "${running[@]}"; do wait "$pid" && ok "fuzzing" || fail "fuzzing"; done

echo "== every allocation of a compile, a lint and a digest fails once"
make --no-print-directory -j"$(nproc)" MODE=release all bench-build >/dev/null || fail "release build"
gcc -D_GNU_SOURCE -O1 -shared -fPIC -o build/failmalloc.so tests/tools/failmalloc.c || fail "failmalloc"
torture() { # least arguments…
  local least=$1
  shift
  local command=(build/release/component-hub "$@")
  local total
  total=$(FAIL_REPORT=1 LD_PRELOAD=build/failmalloc.so "${command[@]}" 2>&1 >/dev/null | tail -n 1)
  local bad=0 code
  for ((i = 1; i <= total; i++)); do
    FAIL_AT=$i LD_PRELOAD=build/failmalloc.so "${command[@]}" >/dev/null 2>&1
    code=$?
    ((code <= 2)) || { echo "   allocation $i: exit $code"; bad=$((bad + 1)); }
  done
  echo "   $total allocations, $bad crashes"
  ((bad == 0 && total > least))
}
document=catalog/starter/pipelines/train-and-evaluate/pipeline.yaml
torture 1000 compile --catalog catalog/starter "$document" && ok "allocation failures" || fail "allocation failures"
seeds=tests/fuzz/seeds/lint
torture 100 lint --format json "$seeds/runs.yaml" "$seeds/pipeline.yaml" && ok "of lint" || fail "allocation failures of lint"
torture 20 digest "$seeds/task.yaml" && ok "of digest" || fail "allocation failures of digest"

echo "== the linter and Tekton's code on 20,000 changed objects"
(cd tests/conformance/tekton && go build -o ../../../build/tekton-oracle .) || fail "building the Tekton oracle"
changed() {
  LINT_DOCUMENTS=20000 CANONICAL_DOCUMENTS=10000 LINT_SEED=${LINT_SEED:-$(date +%j)} COMPONENT_HUB=build/release/component-hub \
    build/venv/bin/python -m pytest -q -s --color=no tests/conformance/test_{lint_differential,canonical,convert}.py
}
changed && ok "changed objects" || fail "changed objects"

echo "== valgrind over the unit tests"
make --no-print-directory -j"$(nproc)" MODE=release unit-programs >/dev/null || fail "unit programs"
for program in $(find build/release/test -type f -executable | sort); do
  name=${program#build/release/test/}
  case $name in *launch* | *registry*) continue ;; esac # children and servers of their own: sanitizers cover them
  if timeout 1800 valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
    "$program" >build/test-log/valgrind 2>&1; then
    ok "$name"
  else
    tail -n 30 build/test-log/valgrind
    fail "$name"
  fi
done

echo "== random graphs"
RANDOM_GRAPHS=10000 COMPONENT_HUB=build/release/component-hub build/venv/bin/python -m pytest -q -s --color=no \
  tests/conformance/test_random_graphs.py && ok "random graphs" || fail "random graphs"

echo "== large inputs"
make --no-print-directory static >/dev/null || fail "building the browser application"
python=build/venv/bin/python
COMPONENT_HUB=build/release/component-hub "$python" -m pytest -q --color=no tests/long && ok "large inputs" || fail "large inputs"

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
