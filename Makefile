# Every door for developers. `make` alone prints them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PY := $(CURDIR)/$(VENV)/bin/python
UV := $(CURDIR)/.tools/bin/uv
export PYTHON
export PYTHONPATH := $(CURDIR)/src
export PYTHONDONTWRITEBYTECODE :=


.PHONY: help demo test test-full lint bench screenshots lock setup setup-run messages reference clean

help: ## Print these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 22

demo: setup-run ## Two departments share real rows, step by step; ONCE=1 ends after the story
	@$(PY) -m zampa.demo $(if $(filter 1,$(ONCE)),--once)

test: setup ## Lint and all tests, with a real database and a real browser (under 15 minutes)
	@$(MAKE) --no-print-directory lint
	@bash scripts/servers.sh
	@$(PY) -m pytest -m "not full and not journey"
	@$(PY) -m pytest -m "journey and not full" tests/journeys

test-full: setup ## What needs longer or more servers
	@bash scripts/servers.sh
	@$(PY) -m pytest -m "not journey"
	@$(PY) -m pytest -m journey tests/journeys

lint: setup ## What checks without running
	@$(VENV)/bin/ruff check -q src tests benchmarks scripts conftest.py
	@$(VENV)/bin/lint-imports --no-logo
	@$(VENV)/bin/mypy
	@PYTHONWARNINGS=ignore::RuntimeWarning ZAMPA_HOME=build/lint-home ZAMPA_DATABASE_URL=postgresql://none@127.0.0.1:1/none \
	  DJANGO_SETTINGS_MODULE=zampa.entrance.testing $(PY) -m zampa.entrance makemigrations --check --dry-run -v 1

bench: setup ## Benchmarks beside their peers (ONLY=name,name; RECORD=1 keeps the figures)
	@$(PY) -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(filter 1,$(RECORD)),--record) $(if $(SCALE),--scale $(SCALE))

screenshots: setup ## Pictures of every page into build/screenshots
	@bash scripts/servers.sh
	@$(PY) -m pytest -s -p no:randomly -o python_files=screenshots.py tests/journeys/screenshots.py

messages: setup ## Gather interface texts into each room's locale
	@$(PY) -m zampa.entrance.texts extract

reference: setup ## Write docs/settings.md, events.md and api.md anew from the code
	@$(PY) scripts/reference.py

lock: .tools/bin/uv ## Make the locks anew
	@for set in tools node run dev; do $(UV) pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header requirements/$$set.in -o requirements/$$set.txt; done
	@bash scripts/frontend.sh lock

setup: build/.dev-ready ## Virtual environment with the development set, front-end files, texts
setup-run: build/.run-ready

.tools/bin/uv:
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info[:2] <= (3, 13); sys.exit(None if ok else "Zampa needs CPython 3.11 to 3.13; this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/tools.txt

build/.dev-ready: requirements/dev.txt package-lock.json scripts/frontend.sh | .tools/bin/uv
	@test -x $(PY) || $(UV) venv -q --python $(PYTHON) $(VENV)
	@$(UV) pip sync -q --require-hashes --python $(PY) requirements/dev.txt
	@bash scripts/launcher.sh
	@bash scripts/frontend.sh
	@mkdir -p build && touch build/.dev-ready build/.run-ready

# With the development set already there, its superset serves the demo as well.
build/.run-ready: requirements/run.txt package-lock.json scripts/frontend.sh | .tools/bin/uv
	@test -x $(PY) || $(UV) venv -q --python $(PYTHON) $(VENV)
	@test -e build/.dev-ready || $(UV) pip sync -q --require-hashes --python $(PY) requirements/run.txt
	@bash scripts/launcher.sh
	@bash scripts/frontend.sh
	@mkdir -p build && touch build/.run-ready

clean: ## Remove what was built here
	@rm -rf build $(VENV) .tools node_modules .demo
