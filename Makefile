# Two commands matter: `make up` and `make test`. Everything else is for those who change GG-EZ.

ML ?= 1
PORT ?= 8000
DATA ?= var
# A test process with torch in it takes about a gigabyte: more than four help nobody.
JOBS ?= $(shell n=$$(nproc); [ $$n -gt 4 ] && echo 4 || echo $$n)

PYTHON_IN_VENV := .venv/bin/python
EXTRAS := $(if $(filter 0,$(ML)),,ml)

.DEFAULT_GOAL := help
.PHONY: help setup up test check prove format migrate

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

setup: ## Make .venv and install everything (ML=0: without torch, for teams that only rate)
	@./setup.sh $(EXTRAS)

up: setup ## Start everything and print where it is (PORT=8000 DATA=var ML=1); Ctrl-C stops it
	@$(PYTHON_IN_VENV) -m cli.main up --port $(PORT) --data $(DATA)

test: ## Every test, browser included (JOBS: how many at once)
	@./setup.sh $(EXTRAS) test chromium
	@$(PYTHON_IN_VENV) -m pytest -n $(JOBS) --dist loadgroup -m "not slow and not gpu"

check: ## The static half of CI: format, lint, types, import directions, contracts
	@./setup.sh $(EXTRAS) test
	$(PYTHON_IN_VENV) -m ruff format --check .
	$(PYTHON_IN_VENV) -m ruff check .
	$(PYTHON_IN_VENV) -m mypy
	$(PYTHON_IN_VENV) -m djlint templates --check --quiet
	$(PYTHON_IN_VENV) -m djlint templates --lint --quiet
	.venv/bin/lint-imports
	$(PYTHON_IN_VENV) -m pytest -q tests/contracts

prove: ## What is long: slow tests and measurements, into docs/measured.md (ONLY="merge filter": these)
	@./setup.sh $(EXTRAS) test chromium oldest-postgres mergekit
	@$(PYTHON_IN_VENV) -m benchmarks.prove $(ONLY)

format: ## Bring code and templates into shape, and write the generated documents
	@./setup.sh $(EXTRAS) test
	$(PYTHON_IN_VENV) -m ruff format .
	$(PYTHON_IN_VENV) -m ruff check --fix .
	$(PYTHON_IN_VENV) -m djlint templates --reformat --quiet || true
	$(PYTHON_IN_VENV) -m docs.generate

migrate: ## Write the next migration from what the models say (MESSAGE="what it does")
	@./setup.sh $(EXTRAS) test
	@$(PYTHON_IN_VENV) -m migrations.revise "$(MESSAGE)"
