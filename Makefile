# `make demo` and `make test` each set up all they need in this folder first; nothing is written outside it.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench generated lock clean

help: ## Say what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

setup: $(VENV)/.installed tools/cdktf-cli/node_modules/.installed ## Python packages and cdktf-cli, into this folder

demo: setup ## From documents to a release and back, in the sandbox, in three to four minutes
	@$(BIN)/shipway demo

test: setup lint ## Linting, types, import rules and all tests
	@$(BIN)/pytest -n 2 --dist loadfile

lint: setup
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup ## Measure against the peers, interleaved, and write benchmarks/RESULTS.md (half an hour)
	@$(BIN)/python -m benchmarks

generated: setup ## Write everything that is generated: schemas, pages
	@$(BIN)/python -m shipway.models.schemas
	@$(BIN)/python -m shipway.plan.schema
	@$(BIN)/python -m shipway.models.naming_page
	@$(BIN)/python -m shipway.scan.reference

lock: ## Resolve requirements.lock anew (needs uv)
	@uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.lock

clean: ## Remove what setup and the commands made
	rm -rf $(VENV) tools/cdktf-cli/node_modules .shipway cdktf.out .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Shipway needs Python 3.11 or later; say where it is: make PYTHON=/path/to/python3.11"; exit 3; }
	@echo "==> Python packages into $(VENV) (about a minute, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --compile --require-hashes -r requirements.lock
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --no-deps --editable .
	@touch $@

tools/cdktf-cli/node_modules/.installed: tools/cdktf-cli/package-lock.json $(wildcard tools/cdktf-cli/node-pty/*) $(VENV)/.installed
	@echo "==> cdktf-cli into tools/cdktf-cli, with the Node of $(VENV) (half a minute, once)"
	@# No scripts: all of them are of development, and what is not run cannot dial out.
	@cd tools/cdktf-cli && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-progress --cache ../../.shipway/npm-cache
	@ln -sf ../../tools/cdktf-cli/node_modules/.bin/cdktf $(BIN)/cdktf
	@touch $@
