#!/usr/bin/env bash
# The `zampa` command inside .venv, and the source folder on its path; no build step, so no build tool to fetch.
set -eu
cd "$(dirname "$0")/.."
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
printf '%s\n' "$PWD/src" >"$site/zampa.pth"
printf '#!%s\nfrom zampa.__main__ import main\nmain()\n' "$PWD/.venv/bin/python" >.venv/bin/zampa
chmod +x .venv/bin/zampa
