# VENV may name an environment elsewhere: make test VENV=/path/to/venv
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
PY := $(BIN)/python
INSTALLED := $(VENV)/.segsweep-installed
# Two processes of one thread each; tests of one file, and with it an engine, stay together. Bytecode is kept wherever it
# was switched off: annotations are compiled into every module, and each process of a test would do it again.
PYTEST := PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder
# Folder that compare-report reads.
RUNS ?= runs

.DEFAULT_GOAL := help
.PHONY: help setup demo compare-report test check test-fast format

help: ## List the targets, a sentence each.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-15s %s\n", $$1, $$2}'

setup: $(INSTALLED) ## Create .venv and install segsweep with what its tests need, once.

$(INSTALLED): pyproject.toml constraints.txt
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(INSTALLED) ## Run a small sweep on generated shapes, on the CPU, in minutes.
	$(PY) -m segsweep.train sweep=demo hardware.accelerator=cpu
	@echo "Yours next: make help, README.md"

compare-report: $(INSTALLED) ## Compare the runs in RUNS (runs): tables, page and pictures in RUNS/report.
	$(PY) -m segsweep.report $(RUNS)

check: test ## The same as make test.

test: $(INSTALLED) ## Check format, lint, types and layers, then run all tests: what must pass before a commit is shared.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST)

test-fast: $(INSTALLED) ## Run the tests that start no engine, browser or whole command.
	$(PYTEST) -m "not (engine or browser or e2e or slow or realdata)"

format: $(INSTALLED) ## Format the code and mend what the linter can mend.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
