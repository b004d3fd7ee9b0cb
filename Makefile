# Everything a person runs here. Each target sets up what it needs; `make` alone lists them.

PYTHON ?= python3
ARGS ?=
# Simulated deliveries; everything else in the proof grows with it.
PROOF_SIZE ?= 100000
# Deliveries, kills and seeds of the kill test; it plays each seed in two modes.
KILL_SIZE ?= 300
KILLS ?= 20
KILL_SEEDS ?= 1
QUERIES ?= 100000
# Sequences of commands that are played with and without another server's history.
SEQUENCES ?= 1000
SEEDS ?= 20
OUTAGE_HOURS ?= 2
# More workers than cores: many tests wait for a process or for the clock. `PYTEST_ARGS=` runs all in one process.
PYTEST_ARGS ?= -n 4 --dist worksteal
# `make test COUNT=yes` counts which branches are run, for `make covered`.
COUNT ?=

# What a long run has found so far is seen in a pipe and in a log, too.
export PYTHONUNBUFFERED := 1
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
# The stamps say "this venv holds exactly what these files ask for".
BASE := $(VENV)/.made
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
RIVALS := $(VENV)/.rivals
# A venv is sound if its Python starts, is new enough, has pip, and if it was created here: a moved or copied one points
# elsewhere. One that isn't sound (an interrupted set-up, a Python that is gone) loses its stamps and is created again.
SOUND := $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& grep -qF '$(CURDIR)/$(VENV)' $(BIN)/activate
ifneq ($(shell $(SOUND) && echo yes),yes)
$(shell rm -f $(BASE) $(RUNTIME) $(DEV) $(RIVALS))
endif
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
INSTALL := $(PIP) install --require-hashes
EDITABLE := $(PIP) install --no-deps --no-build-isolation --editable .
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --annotation-style line --custom-compile-command "make lock"

.PHONY: help
help: ## list the targets
	@echo "Newsdesk. Targets (PYTHON=$(PYTHON), any of 3.11 or newer):"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(RUNTIME) ## set up what running the bot needs: .venv/bin/newsdesk

.PHONY: test
test: $(DEV) ## set everything up, then check format, lint and types and run all tests
	@$(if $(COUNT),rm -rf .coverage; mkdir .coverage; )failed=; \
	check() { echo "==> $$1"; "$${@:2}" || failed="$$failed $$1"; }; \
	check format $(BIN)/ruff format --check --quiet --output-format concise .; \
	check lint $(BIN)/ruff check --quiet .; \
	check types $(BIN)/mypy; \
	check tests $(BIN)/python -m pytest $(PYTEST_ARGS) $(if $(COUNT),--cov --cov-report=) $(ARGS); \
	[ -z "$$failed" ] || { echo "Not in order:$$failed ('make format' fixes the first two, as far as tools can)"; exit 1; }

.PHONY: examples
examples: $(DEV) ## try three times as many examples as `make test` does, where tests take any input
	@$(BIN)/python -m pytest $(PYTEST_ARGS) --quiet -m hypothesis --hypothesis-profile=thorough $(ARGS)

# Folders of pure code, in which every line and branch is tested.
PURE := news text seedfile render
# An absolute path: some tests start processes in another folder.
export COVERAGE_FILE := $(CURDIR)/.coverage/data
COVERAGE := $(BIN)/python -m coverage

.PHONY: coverage
coverage: $(DEV) ## run `make test` with every branch counted, then `make covered`
	@$(MAKE) test COUNT=yes
	@$(MAKE) covered

.PHONY: covered
covered: $(DEV) ## require 95% of all branches that were counted, and all of those in bot/news, text, seedfile and render
	@failed=; \
	for folder in $(PURE); do \
		echo "==> bot/$$folder: 100%"; \
		$(COVERAGE) report --include="bot/$$folder/*" --fail-under=100 || failed="$$failed $$folder"; \
	done; \
	echo "==> bot without the sandbox: 95%"; $(COVERAGE) report --fail-under=95 || failed="$$failed overall"; \
	[ -z "$$failed" ] || { echo "Not covered enough:$$failed"; exit 1; }

.PHONY: demo
demo: $(RUNTIME) ## set everything up, then show the bot's main job on a Discord of this machine (ARGS="--help")
	@$(BIN)/newsdesk demo $(ARGS)

.PHONY: bench
bench: $(RIVALS) ## run every measurement of tests/bench, one after the other: half an hour
	@shopt -s nullglob; for file in tests/bench/bench_*.py; do \
		name=$${file%.py}; echo "==> $$name"; $(BIN)/python -m "$${name//\//.}" $(ARGS); done

.PHONY: proof
proof: $(DEV) ## simulate PROOF_SIZE deliveries and interleave commands: nothing lost, doubled, or against a decision
	@$(BIN)/python -m tests.proof --size $(PROOF_SIZE) $(ARGS)

.PHONY: figures
figures: $(DEV) ## print figures about the code's structure: folders, lines, files that an edition, a query, an upload enters
	@$(BIN)/python -m tests.bench.house_figures

.PHONY: bench-relevance
bench-relevance: $(DEV) ## measure search, related coverage and stories on a judged set (DATA=folder)
	@$(BIN)/python -m tests.bench.bench_relevance "$(DATA)"

.PHONY: bench-speed
bench-speed: $(RIVALS) ## measure the search beside FTS5, reader, tantivy and bm25s (SIZES="10000 100000 1000000")
	@$(BIN)/python -m tests.bench.bench_speed $(SIZES)

.PHONY: bench-delivery
bench-delivery: $(DEV) ## measure how fast deliveries reach a Discord of this machine (ARGS="5000 1500": without limits, within them)
	@$(BIN)/python -m tests.bench.bench_delivery $(ARGS)

.PHONY: kill
kill: $(DEV) ## send by a real process that is killed KILLS times: KILL_SIZE deliveries, KILL_SEEDS seeds
	@$(BIN)/python -m tests.kill --deliveries $(KILL_SIZE) --kills $(KILLS) --seeds $(KILL_SEEDS) $(ARGS)

.PHONY: kill-two
kill-two: $(DEV) ## send by 2 and 4 processes on one PostgreSQL that are killed and frozen, and by 2 that don't read back
	@$(BIN)/python -m tests.kill.several --senders 2 $(ARGS)
	@$(BIN)/python -m tests.kill.several --senders 4 --seed 2 $(ARGS)
	@$(BIN)/python -m tests.kill.several --senders 2 --seed 3 --break $(ARGS)

.PHONY: mutants
mutants: $(DEV) ## plant faults in a copy of the code, each of which its proof must catch (ARGS="--sample 10 --seed 7")
	@$(BIN)/python -m tests.mutants $(ARGS)

.PHONY: endless
endless: $(DEV) ## repeat each fault of Discord for an hour of simulated time: few requests, a short log, and back in a minute
	@ENDLESS_S=3600 $(BIN)/python -m pytest --quiet $(PYTEST_ARGS) tests/faults/test_endless.py $(ARGS)

.PHONY: outage
outage: $(DEV) ## let trouble come and go for OUTAGE_HOURS in each of SEEDS orders: back in a minute, nothing lost or doubled
	@$(BIN)/python -m tests.outage --seeds $(SEEDS) --hours $(OUTAGE_HOURS) $(ARGS)

.PHONY: walls
walls: $(DEV) ## play SEQUENCES of commands with and without another server's history: no answer may differ (ARGS="--seed 7")
	@$(BIN)/python -m tests.walls --sequences $(SEQUENCES) $(ARGS)

.PHONY: hostile-queries
hostile-queries: $(DEV) ## ask a real archive QUERIES random and hostile queries: none may raise
	@$(BIN)/python -m tests.hostile --queries $(QUERIES) $(ARGS)

.PHONY: replay
replay: $(DEV) ## replay weekly editions of a folder of seeds (DATA=folder SINCE=2021-01-01 WEEKS=52), as text and a table
	@$(BIN)/python -m tests.replay "$(DATA)" --since "$(SINCE)" --weeks "$(WEEKS)" $(ARGS)

.PHONY: format
format: $(DEV) ## format the code and fix what ruff can fix
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only .

.PHONY: lock
lock: $(DEV) ## choose the newest allowed versions and write requirements*.txt with their hashes
	@$(COMPILE) --upgrade --extra dev pyproject.toml --output-file requirements-dev.txt
	@$(COMPILE) --upgrade --constraint requirements-dev.txt pyproject.toml --output-file requirements.txt
	@$(COMPILE) --upgrade --constraint requirements-dev.txt --extra bench pyproject.toml --output-file requirements-bench.txt
	@$(COMPILE) --upgrade --constraint requirements-dev.txt --extra collect pyproject.toml --output-file requirements-collect.txt
	@$(COMPILE) --upgrade --constraint requirements-dev.txt --extra http pyproject.toml --output-file requirements-http.txt
	@$(COMPILE) --upgrade --constraint requirements-dev.txt --extra postgres pyproject.toml --output-file requirements-postgres.txt
	@printf 'hatchling\neditables\n' | \
		$(COMPILE) --upgrade --constraint requirements-dev.txt - --output-file requirements-build.txt
	@echo "Written: requirements.txt and those for -build, -bench, -collect, -http, -postgres and -dev. 'make test' installs them."

.PHONY: clean
clean: ## remove the venv and everything that tools left behind
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .bench .coverage build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BASE):
	@command -v $(PYTHON) >/dev/null || { \
		echo "There is no '$(PYTHON)' here: install Python 3.11 or newer, or name one: make test PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is $$($(PYTHON) -V 2>&1): Newsdesk needs Python 3.11 or newer; name one: make test PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) can't make virtual environments: install its venv package (on Debian and Ubuntu: apt install python3-venv)"; exit 1; }
	@if $(SOUND); then echo "==> using the $(VENV) that is here"; else \
		echo "==> making $(VENV)"; $(PYTHON) -m venv --clear $(VENV); fi
	@touch $@

$(RUNTIME): requirements.txt requirements-build.txt pyproject.toml | $(BASE)
	@echo "==> installing what the bot needs"
	@$(INSTALL) -r requirements.txt -r requirements-build.txt
	@$(EDITABLE)
	@touch $@

$(DEV): requirements-dev.txt pyproject.toml | $(BASE)
	@echo "==> installing what the bot and its checks need"
	@$(INSTALL) -r requirements-dev.txt
	@$(EDITABLE)
	@touch $@ $(RUNTIME)

$(RIVALS): requirements-bench.txt | $(DEV)
	@echo "==> installing what the search is measured against"
	@$(INSTALL) -r requirements-bench.txt
	@touch $@
