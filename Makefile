.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
WORKERS ?= 2
BIN := $(VENV)/bin
READY := $(VENV)/.ready
USABLE := $(VENV)/.usable
VERSION = $$($(BIN)/python -c "from importlib.metadata import version; print(version('transformers'))")

.PHONY: help demo demo-train test test-slow test-recorded check format bench bench-quick notebooks conventions wordnet compatibility locked clean

help:  ## Show the commands there are
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-14s %s\n", $$1, $$2}'

# What a user needs: the package, and the server's extra.
$(USABLE): setup.py constraints.txt
	@$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed, set PYTHON=') if sys.version_info < (3, 11) else 0"
	@echo "installing into $(VENV): over a gigabyte the first time, some minutes"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[serve]"
	@touch $(USABLE)

# What tests and checks need, exactly: every version with its hash.
$(READY): $(USABLE) locked.txt
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r locked.txt
	@touch $(READY)

demo: $(USABLE)  ## Question the trained model that comes with the package (offline; the first time installs for minutes)
	$(BIN)/llamo demo

demo-train: $(USABLE)  ## Train a very small LLaMo from scratch on this machine and question it (minutes, offline)
	$(BIN)/llamo demo-train --output runs/demo

test: $(READY) conventions wordnet  ## Run the tests, in WORKERS=2 processes
	$(BIN)/python -m pytest -m "not slow" -n $(WORKERS) --dist loadfile

test-slow: $(READY)  ## Run the tests that take minutes
	$(BIN)/python -m pytest -m slow

test-recorded: $(READY)  ## Compare with another recording of the reference implementation: RECORDED=FOLDER
	LLAMO_RECORDED="$(abspath $(RECORDED))" $(BIN)/python -m pytest tests/recorded

bench: $(READY)  ## Measure everything again and write docs/performance.md (under 15 minutes)
	$(BIN)/python -m benchmarks.run_all

bench-quick: $(READY)  ## A look at every benchmark, in the terminal only (about 2 minutes)
	$(BIN)/python -m benchmarks.run_all --quick

notebooks: $(READY)  ## Run the notebooks again and keep what they show (minutes)
	cd examples/notebooks && PATH="$(abspath $(BIN)):$$PATH" jupyter execute --inplace *.ipynb

conventions: $(READY)  ## Fetch transformers' own model tests, which `make test` runs against LLaMo
	@version=$(VERSION); folder=.cache/transformers-suite; \
	if [ ! -d "$$folder/transformers-$$version/tests" ]; then mkdir -p "$$folder" && \
	$(BIN)/python -m pip download --quiet --no-deps --no-binary :all: --no-build-isolation -d "$$folder" "transformers==$$version" && \
	tar -xzf "$$folder/transformers-$$version.tar.gz" -C "$$folder" "transformers-$$version/tests" || \
	echo "warning: transformers' tests could not be fetched; the tests that need them will be skipped"; fi

wordnet:  ## Fetch WordNet, which METEOR needs, without root (Debian and its kin)
	@folder=.cache/wordnet; \
	if [ ! -f "$$folder/usr/share/wordnet/data.noun" ] && [ ! -f /usr/share/wordnet/data.noun ]; then mkdir -p "$$folder" && \
	(cd "$$folder" && apt-get download --quiet=2 wordnet-base && dpkg -x wordnet-base_*.deb . && rm wordnet-base_*.deb) || \
	echo "warning: WordNet could not be fetched; the tests that need it will be skipped"; fi

compatibility: $(READY)  ## Run the tests in an environment of its own: SET=oldest, newest or bare; PYTHON=python3.12
	SET=$(SET) PYTHON=$(PYTHON) .ci/compatibility

locked: $(READY)  ## Choose newer versions: locked.txt, docs/supply-chain (network)
	.ci/supply-chain

check: $(READY)  ## Check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright

format: $(READY)  ## Format and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## Remove the virtual environment, caches and runs
	rm -rf $(VENV) .cache runs build *.egg-info .pytest_cache .ruff_cache
