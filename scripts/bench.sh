#!/usr/bin/env bash
# What `make bench` does after building.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/venv.sh
scripts/venv.sh venv-kfp tests/requirements-kfp.txt
export COMPONENT_HUB=build/release/component-hub
build/venv/bin/python tests/bench/bench.py
build/venv/bin/python tests/bench/rules.py
build/venv/bin/python tests/bench/creator.py
