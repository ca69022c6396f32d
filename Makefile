# Two commands do all the set-up: `make demo` and `make test`. Everything lives in .venv.

PYTHON ?= python3
ENGINE ?= embedded
MINUTES ?= 30
VENV   := .venv
BIN    := $(VENV)/bin

# pip reads this for builds too, so that setuptools is pinned like the rest.
export PIP_CONSTRAINT := $(CURDIR)/deploy/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install demo test faults mutants soak lint format schemas kafka kafka-stop clean

help:  ## This list.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.installed: pyproject.toml deploy/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Khabar needs Python 3.11 or newer; say which: make PYTHON=python3.12 …' >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo 'Installing what Khabar needs into .venv (once, under a minute) …'
	@$(BIN)/pip install -q -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@echo 'Installing what its tests need …'
	@$(BIN)/pip install -q -e '.[test]'
	@touch $@

install: $(VENV)/.installed  ## Only install.

demo: $(VENV)/.installed  ## The sample wire through everything; ENGINE=kafka for Apache Kafka.
	@$(BIN)/khabar demo --engine $(ENGINE)

test: $(VENV)/.tested  ## Unit, contract and Kafka tests, on both brokers.
	@$(BIN)/pytest

faults: $(VENV)/.tested  ## Every fault on Apache Kafka, and the table; FAULTS=… for those of that name.
	@$(BIN)/python -m tests.faults $(FAULTS)

mutants: $(VENV)/.tested  ## Workers that break a promise each, and what the ledger says of them.
	@$(BIN)/python -m tests.faults.mutants

soak: $(VENV)/.tested  ## All faults mixed at random; MINUTES=30, SEED=… to repeat one.
	@$(BIN)/python -m tests.faults.soak --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

lint: $(VENV)/.tested  ## ruff and mypy --strict.
	@$(BIN)/ruff check pipeline tests
	@$(BIN)/ruff format --check pipeline tests
	@$(BIN)/mypy

format: $(VENV)/.tested  ## Let ruff lay out the code.
	@$(BIN)/ruff format pipeline tests
	@$(BIN)/ruff check --fix pipeline tests

schemas: $(VENV)/.installed  ## Write schemas/ from the record types.
	@$(BIN)/python -m pipeline.schemas schemas

kafka: $(VENV)/.installed  ## Apache Kafka on localhost:9092, in the background.
	@$(BIN)/python -m pipeline.engines start

kafka-stop: $(VENV)/.installed  ## End it.
	@$(BIN)/python -m pipeline.engines stop

clean:  ## Remove .venv and all caches.
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
