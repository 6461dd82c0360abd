# make demo: the application, with a simulated SMSC and a sample account.
# make test: every check and test. Nothing but Python >= 3.11, git and make is needed.

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
BENCHMARKS := $(VENV)/.benchmarks
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
UV ?= uv
COMPILE = $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --quiet

# Without bytecode on the disk, each of the processes that tests start would compile the program for itself.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check browser format catalogues lock bench bench-quick bench-start picture \
	simulate simulate-long clean

demo: $(RUNTIME)
	@$(BIN)/smstui demo

test: check browser
	$(BIN)/python -m pytest -n 4 --dist worksteal

check: $(DEVELOPMENT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/catalogues.py --check

browser: $(DEVELOPMENT)
	@$(BIN)/python tools/browser.py

format: $(DEVELOPMENT)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

catalogues: $(DEVELOPMENT)
	$(BIN)/python tools/catalogues.py

# Every bar, in twenty minutes; docs/performance.md says what they are.
bench: $(BENCHMARKS)
	@$(BIN)/python -m benchmarks

bench-quick: $(RUNTIME)
	@$(BIN)/python -m benchmarks --quick

bench-start: $(DEVELOPMENT)
	$(BIN)/python benchmarks/start.py

# make simulate SEED=17: what happens to the dispatch engine under the faults of that seed; docs/simulation.md.
simulate: $(DEVELOPMENT)
	@$(BIN)/python -m tests.simulation $(SEED)

simulate-long: $(DEVELOPMENT)
	@$(BIN)/python -m tests.simulation --to 10000

picture: $(DEVELOPMENT)
	$(BIN)/python tools/picture.py

# Needs uv (https://docs.astral.sh/uv). setuptools installs the package itself without fetching anything else.
lock:
	echo 'setuptools>=77' | $(COMPILE) pyproject.toml - --output-file requirements.lock
	echo 'setuptools>=77' | $(COMPILE) pyproject.toml - --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock
	echo 'setuptools>=77' | $(COMPILE) pyproject.toml - --extra dev --extra bench --constraint requirements-dev.lock \
		--output-file requirements-bench.lock

clean:
	rm -rf $(VENV) *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find smstui tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@for python in python3.13 python3.12 python3.11 python3 python; do \
		if $$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			echo "Making $(VENV) with $$($$python --version)"; \
			exec $$python -m venv --clear $(VENV); \
		fi; \
	done; \
	echo 'smstui needs Python 3.11 or newer with its venv module (Debian: apt install python3-venv).' >&2; exit 1

$(RUNTIME): requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo 'Installing what smstui needs'
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): requirements-dev.lock $(RUNTIME)
	@echo 'Installing what its tests need'
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

$(BENCHMARKS): requirements-bench.lock $(DEVELOPMENT)
	@echo 'Installing what is compared with'
	@$(PIP) --require-hashes --requirement requirements-bench.lock
	@touch $@
