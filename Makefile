# The two commands to know: `make demo` and `make test`. Everything else is in `make help`.
# Each target makes .venv when it is absent and installs what it needs, pinned, from requirements/.
# Tests start hundreds of processes: each would compile the package anew where Python may write no bytecode.

DEMO_EVENTS ?= 2000000
TEST_CORES ?= 2
BIN := .venv/bin

RUN := .venv/.installed-run
DEV := .venv/.installed-dev

.PHONY: help demo test lint services nightly mutants bench sim-report docs clean
.DEFAULT_GOAL := help

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: $(RUN) ## Write 2 million events, find the Z in them with every core, draw it (DEMO_EVENTS=n for another size)
	@$(BIN)/python examples/demo.py --events $(DEMO_EVENTS)

test: $(DEV) ## Run the tests (TEST_CORES=n, ARGS="...")
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(TEST_CORES) --dist worksteal -m "not nightly" $(ARGS)

lint: $(DEV) ## Check style, types and the floors of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

services: ## Install the real services that tests start: Slurm, HTCondor, XRootD, network namespaces (Debian, as root)
	@sh tests/services/install.sh

nightly: $(DEV) services ## Run the long campaigns (ARGS="...")
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(TEST_CORES) --dist worksteal -m nightly $(ARGS)

mutants: $(DEV) ## Break the master in one line at a time: each time a test must fail (ARGS="'name' ...")
	@$(BIN)/python tests/mutants/try_mutants.py --cores $(TEST_CORES) $(ARGS)

bench: $(DEV) ## Measure, beside ROOT, coffea and others in environments of their own (ARGS="--plan full ...")
	@$(BIN)/python -m benchmarks $(ARGS)

sim-report: $(DEV) ## Simulate up to 10,000 workers, and write docs/scale.md with its plots (ARGS="--only 'mergers/*'")
	@$(BIN)/python -m benchmarks.simulation $(ARGS)

docs: $(DEV) ## Make anew what is made from code: the architecture page, the list of decisions
	@$(BIN)/python docs/make_architecture.py
	@$(BIN)/python docs/make_decisions.py

clean: ## Remove .venv, the demonstration, the benchmarks and every cache in the checkout
	rm -rf .venv .benchmarks demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN): requirements/run.txt requirements/venv.sh pyproject.toml
	@sh requirements/venv.sh run
	@touch $@

$(DEV): requirements/run.txt requirements/dev.txt requirements/venv.sh pyproject.toml
	@sh requirements/venv.sh dev
	@touch $(RUN) $@
