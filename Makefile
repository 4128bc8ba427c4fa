# Two commands matter: `make run` and `make test`. `make help` lists the others.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
FLASK := $(BIN)/flask --app app
DATA ?= ../shared/data
ENGINE ?= both
PYTEST_ARGS ?=
SHELL := /bin/bash

.PHONY: help run test sure prove-desk bench bench-review bench-digests bench-search bench-triage bench-experts bench-clocks bench-incidents bench-dashboard demo reset format lock
.DEFAULT_GOAL := help

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(VENV)/.base: requirements.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, this is $$($(PYTHON) -V)."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Fourmi needs (hashes checked; a minute the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-test.txt requirements-postgres.txt $(VENV)/.base
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-postgres.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	@touch $@

run: $(VENV)/.base ## Start the community at http://127.0.0.1:8000 (PORT=… changes it)
	@$(FLASK) start --port $(PORT)

test: $(VENV)/.test ## Run all tests, on SQLite and on PostgreSQL where it is installed
	@$(BIN)/python -m tests.run $(PYTEST_ARGS)

sure: $(VENV)/.test ## Check format, lint, types and architecture
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_translations.py

format: $(VENV)/.test ## Put the code in the agreed form
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(VENV)/.test ## Measure the speed of the main pages (20,000 questions; takes a while)
	@$(BIN)/python -m bench.pages
	@$(BIN)/python -m bench.review

bench-review: $(VENV)/.test ## Measure the desk with 20,000 open items and 20,000 decided ones; fails where a limit is passed
	@$(BIN)/python -m bench.review

prove-desk: $(VENV)/.test ## Ten moderators drain 5,000 items, one clears 2,000 in the browser (a quarter of an hour)
	@FOURMI_DRAIN_ITEMS=5000 $(BIN)/python -m pytest -q tests/races/test_drain.py
	@FOURMI_SCRIPTED_ITEMS=2000 $(BIN)/python -m pytest -q tests/browser/test_review.py -k scripted

bench-clocks: $(VENV)/.test ## Measure how fast 10,000 running clocks are swept, and what killed workers lose
	@$(BIN)/python -m bench.clocks

bench-search: $(VENV)/.test ## Measure how well similar questions are found (DATA=DIR, ENGINE=whoosh|postgresql|both)
	@$(BIN)/python -m bench.search $(DATA) --engine $(ENGINE)

bench-experts: $(VENV)/.test ## Measure whether those who would be asked are those who answered (DATA=DIR)
	@$(BIN)/python -m bench.experts $(DATA)

bench-incidents: $(VENV)/.test ## Measure whether an outage is noticed and ordinary days are left alone (DATA=DIR)
	@$(BIN)/python -m bench.incidents $(DATA)

bench-triage: $(VENV)/.test ## Measure how well filters and model sort texts (DATA=DIR: a set of judged texts, or a folder of them)
	@$(BIN)/python -m bench.triage $(DATA)

bench-dashboard: $(VENV)/.test ## Measure the manager’s dashboard over 24 months and 200,000 posts
	@$(BIN)/python -m bench.dashboard

bench-digests: $(VENV)/.test ## Measure how digests for 50,000 members are built
	@$(BIN)/python -m bench.digests

demo: $(VENV)/.base ## Load the demonstration brand into an empty database
	@$(FLASK) db upgrade && $(FLASK) demo load

reset: $(VENV)/.base ## Throw the local database, index and uploads away (asks first)
	@$(FLASK) demo reset

lock: ## Renew the hashed lock files from the .in files (needs uv)
	@uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate requirements.in -o requirements.txt
	@uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate -c requirements.txt requirements-postgres.in -o requirements-postgres.txt
	@uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate -c requirements.txt requirements-test.in -o requirements-test.txt
