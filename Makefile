# Needs Python 3.11 or newer, make and a package index that pip can reach; everything else goes
# into .venv, which is made anew when the lock file has changed.
#
#   make PYTHON=python3.12 ...     another Python than `python3`
#   make test ARGS="-k stream"     more arguments for the program that the target runs

PYTHON ?= python3
VENV ?= .venv
LOCK ?= requirements.lock
ARGS ?=

BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
FRAMEWORKS := $(patsubst tests/frameworks/%.in,.venv-frameworks/%/.installed,$(wildcard tests/frameworks/*.in))
FOREIGN := $(patsubst tests/conformance/foreign/%.in,.venv-foreign/%/.installed,\
  $(wildcard tests/conformance/foreign/*.in)) \
  $(patsubst %/package-lock.json,%/node_modules/.installed,\
  $(wildcard tests/conformance/foreign/*/package-lock.json))
PEERS := $(patsubst tests/peers/%.in,.venv-peers/%/.installed,$(wildcard tests/peers/*.in))
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test test-lowest test-frameworks test-foreign test-browser peers frameworks foreign torture mutants check fix bench lock docs clean

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

install: $(INSTALLED)  ## make the virtual environment

run: $(INSTALLED)  ## serve the built-in agent on http://127.0.0.1:9999
	$(BIN)/a2a-agent serve $(ARGS)

# More workers than cores: many tests wait for servers. The conformance suite is measured by the
# faults that it catches, not by its lines, and is much faster untraced. 5: ARGS chose none there.
WORKERS ?= 4
PYTEST = pytest --numprocesses $(WORKERS)

test: $(INSTALLED) $(PEERS)  ## run the tests; fails below 95 % branch coverage, 100 % in the core
	$(BIN)/coverage erase
	$(BIN)/coverage run -m $(PYTEST) --dist loadfile --ignore tests/conformance $(ARGS) || [ $$? -eq 5 ]
	$(BIN)/python -m $(PYTEST) --dist loadgroup $(ARGS) tests/conformance || [ $$? -eq 5 ]
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/coverage report --fail-under=100 \
	  --include='a2a_agent/domain/*,a2a_agent/wire/*,a2a_agent/runtime/*'

test-lowest:  ## the same with the oldest versions that pyproject.toml allows (Python 3.11)
	$(MAKE) test VENV=.venv-lowest LOCK=requirements-lowest.txt

test-frameworks: $(INSTALLED) $(FRAMEWORKS)  ## agents of real frameworks, each served and talked to; installs them
	$(BIN)/python -m pytest -m frameworks $(ARGS) tests/frameworks

frameworks: $(FRAMEWORKS)  ## make the environments of agent frameworks, about 3 GB

# The runs wait more than they work: three at once keep two cores busy.
test-foreign: $(INSTALLED) $(FOREIGN)  ## the conformance suite on other people's servers; needs node 20 and npm
	$(BIN)/python -m pytest -m foreign --numprocesses 3 --dist worksteal $(ARGS) tests/conformance/foreign

test-browser: $(INSTALLED)  ## the HTML report in Chromium or Chrome; where there is none, Debian's is installed
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
	  { apt-get -qq update && apt-get -qq --yes --no-install-recommends install chromium; }
	$(BIN)/python -m pytest -m browser $(ARGS) tests/conformance

foreign: $(FOREIGN)  ## make the environments of other people's servers

peers: $(PEERS)  ## make the environments of other people's clients, which the tests run

torture: $(INSTALLED)  ## kills, restarts and overload, for minutes
	$(BIN)/python -m pytest -m torture --timeout=3600 -s $(ARGS) tests/torture

mutants: $(INSTALLED)  ## what the conformance suite says of servers with one fault each
	$(BIN)/python -m tests.conformance.mutants $(ARGS)

check: $(INSTALLED)  ## formatting, lint, types and import rules; changes nothing
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(INSTALLED)  ## format, and repair what ruff can repair
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: $(INSTALLED)  ## measure throughput, latency and memory
	$(BIN)/python -m benchmarks $(ARGS)

docs: $(INSTALLED)  ## write the pages anew that are made from the program itself
	$(BIN)/a2a-agent settings > $(VENV)/settings.md
	$(BIN)/python -m a2a_agent.cli.reference > $(VENV)/cli.md
	$(BIN)/python -m a2a_agent.cli.framework_events > $(VENV)/framework-events.md
	$(BIN)/python -m conformance.reference > $(VENV)/requirements.md
	mv $(VENV)/settings.md $(VENV)/cli.md $(VENV)/framework-events.md $(VENV)/requirements.md docs/

# uv resolves for every Python and platform at once, and keeps what is locked unless told
# otherwise: make lock ARGS=--upgrade
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --fork-strategy fewest --no-annotate --custom-compile-command 'make lock'

lock: $(INSTALLED)  ## write the lock files anew
	$(COMPILE) $(ARGS) --output-file requirements.lock --group build --group dev pyproject.toml
	$(COMPILE) --output-file requirements-build.lock --upgrade \
	  --constraint requirements.lock --group pyproject.toml:build
	$(COMPILE) --output-file requirements-runtime.lock --upgrade \
	  --constraint requirements.lock pyproject.toml
	$(COMPILE) --output-file requirements-lowest.txt --upgrade \
	  --resolution lowest-direct --group dev pyproject.toml
	for peer in tests/peers/*.in; do $(COMPILE) $(ARGS) --output-file $${peer%.in}.txt $$peer; done
	for server in tests/conformance/foreign/*.in; do \
	  $(COMPILE) $(ARGS) --output-file $${server%.in}.txt $$server || exit 1; done
	for framework in tests/frameworks/*.in; do \
	  $(COMPILE) $(ARGS) --output-file $${framework%.in}.txt pyproject.toml $$framework || exit 1; done

clean:  ## remove everything that make has made
	rm -rf .venv .venv-lowest .venv-peers .venv-frameworks .venv-foreign \
	  tests/conformance/foreign/*/node_modules build dist htmlcov .coverage .coverage.* .hypothesis \
	  .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.locked: requirements-build.lock $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed; name one: make PYTHON=python3.12'; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP_INSTALL) --require-hashes --requirement requirements-build.lock
	$(PIP_INSTALL) --require-hashes --no-build-isolation --requirement $(LOCK)
	@touch $@

$(INSTALLED): $(VENV)/.locked pyproject.toml
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv-frameworks/%/.installed: tests/frameworks/%.txt
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --requirement $<
	@touch $@

.venv-peers/%/.installed: tests/peers/%.txt
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --requirement $<
	@touch $@

.venv-foreign/%/.installed: tests/conformance/foreign/%.txt
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --requirement $<
	@touch $@

%/node_modules/.installed: %/package-lock.json
	cd $(<D) && npm ci --silent --omit=optional --no-audit --no-fund
	@touch $@
