# Two commands from a fresh clone: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	if command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] < (3,14))' 2>/dev/null; then echo $$p; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes
# Compiled once at installation: every command then starts in a fraction of the time.
export UV_COMPILE_BYTECODE := 1

.PHONY: help demo peers fuzz reference torture test lint types check lock clean
.DEFAULT_GOAL := help

help:  ## list these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 10

$(BIN)/uv: requirements/tools.txt
	@test -n "$(PYTHON)" || { echo "narrowgate needs Python 3.11, 3.12 or 3.13: none was found on the PATH. Install one (Debian: apt-get install python3 python3-venv) or say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "installing into $(VENV) ..." >&2
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { \
		rm -rf $(VENV); $(PYTHON) -m pip install --quiet --target .tools --require-hashes -r requirements/tools.txt \
		&& PYTHONPATH=.tools $(PYTHON) -m uv venv --quiet --seed $(VENV); } || { \
		echo "neither python3-venv nor pip is there for $(PYTHON): install one of them (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt 2>$(VENV)/pip.log || { cat $(VENV)/pip.log >&2; exit 1; }
	@touch $@

# The package itself and the separate verifier, editable, from sources alone (nothing unpinned is fetched).
$(VENV)/.run: $(BIN)/uv requirements/run.txt pyproject.toml verifier/pyproject.toml
	@$(UV) -r requirements/run.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . -e verifier
	@touch $@

# The simulation has an environment of its own: the gate does not carry its hundred packages.
.people/.ready: $(BIN)/uv requirements/demo.txt
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .people
	@$(BIN)/uv pip install --quiet --python .people/bin/python --require-hashes -r requirements/demo.txt
	@touch $@

# So have the peers: the gate does not depend on what it is measured against.
.peers/.ready: $(BIN)/uv requirements/peers.txt
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .peers
	@$(BIN)/uv pip install --quiet --python .peers/bin/python --require-hashes -r requirements/peers.txt
	@touch $@

# And the fuzzer, which has no wheels for every machine.
.fuzz/.ready: $(BIN)/uv requirements/run.txt requirements/fuzz.txt
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .fuzz
	@$(BIN)/uv pip install --quiet --python .fuzz/bin/python --require-hashes -r requirements/run.txt -r requirements/fuzz.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@$(UV) -r requirements/dev.txt
	@touch $@

demo: $(VENV)/.run .people/.ready  ## the whole way on simulated people, with a report
	@$(BIN)/python benchmarks/demo

peers: $(VENV)/.run .people/.ready .peers/.ready  ## the gate beside its peers on simulated people; ARGS="--register R ..." for other data
	@.peers/bin/python benchmarks/peers $(or $(ARGS),--pseudopeople --form census --narrowgate)

fuzz: .fuzz/.ready  ## fuzz what strangers send; SECONDS=60 each
	@for target in agreement manifest payload records; do \
		PYTHONPATH=src .fuzz/bin/python benchmarks/fuzz $$target -max_total_time=$(or $(SECONDS),60) || exit 1; done

reference: $(VENV)/.run  ## write docs/reason-codes.md anew from the catalogue
	@$(BIN)/python -m narrowgate.oversight.reason_codes > docs/reason-codes.md

lint: $(VENV)/.dev
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . && $(BIN)/lint-imports --no-cache >$(VENV)/floors.log || { cat $(VENV)/floors.log; exit 1; }

types: $(VENV)/.dev
	@$(BIN)/mypy --no-error-summary src verifier/src

test: $(VENV)/.dev lint types  ## all tests, linters and type checks
	@$(BIN)/python -m pytest -n 2 -rs  # the servers that a site may stand on are started by the tests

torture: $(VENV)/.dev  ## kill -9 a thousand times over whole cases and many abreast
	@NARROWGATE_TORTURE=$(or $(KILLS),1000) $(BIN)/python -m pytest tests/faults/test_torture.py -n 2

lock: $(BIN)/uv  ## compile the requirements anew, with hashes and a week's cooldown
	@for f in tools run dev demo peers fuzz; do \
		case $$f in dev|peers|fuzz) c="-c requirements/run.txt";; demo) c="-c requirements/run.txt -c requirements/dev.txt";; *) c="";; esac; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			--exclude-newer "$$(date -u -d '-7 days' +%F)" $$c requirements/$$f.in -o requirements/$$f.txt || exit 1; done

clean:  ## remove what the other targets made
	@rm -rf $(VENV) .people .peers .fuzz .tools build demo-site .mypy_cache .ruff_cache .pytest_cache .hypothesis
