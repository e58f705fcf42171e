# `make demo` and `make test` each set up all they need in this folder first. Nothing is written outside it.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test
setup: $(VENV)/.installed tools/cdktf-cli/node_modules/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Shipway needs Python 3.11 or later; set PYTHON=/path/to/python3.11"; exit 3; }
	@echo "==> Python packages into $(VENV) (about a minute the first time)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --compile --require-hashes -r requirements.lock
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --no-deps -e .
	@touch $@

tools/cdktf-cli/node_modules/.installed: tools/cdktf-cli/package-lock.json $(VENV)/.installed
	@echo "==> cdktf-cli into tools/cdktf-cli with the Node of $(VENV) (half a minute the first time)"
	@cd tools/cdktf-cli && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-progress --cache ../../.shipway/npm-cache
	@touch $@
