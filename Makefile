# make run     set up what is missing and serve the app (PORT=8501, HOST=localhost)
# make test    set up, lint, and run every test, the browser's too
# make bench   print the tables of docs/benchmarks.md
# make test-dialects   hold the code we read and write against optax, keras, transformers and timm themselves (CI does it too)
PYTHON ?= python3
PORT ?= 8501
HOST ?= localhost
VENV := .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS := 1
export KERAS_BACKEND := torch

.PHONY: run test test-dialects lint format setup setup-dev setup-dialects browser bench clean

run: setup
	$(BIN)/streamlit run app.py --server.port=$(PORT) --server.address=$(HOST)

# On CI the libraries whose schedules are read and written are installed too, so that no test of theirs is passed over.
test: setup-dev browser lint $(if $(CI),setup-dialects)
	$(BIN)/pytest

test-dialects: setup-dialects
	$(BIN)/pytest tests/dialects

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-dev browser
	$(BIN)/python -m tests.benchmarks

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev
setup-dialects: $(VENV)/.installed-dialects

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "LR Lab needs Python 3.11 or newer"'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install -q -r requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install -q -r requirements-dev.txt
	touch $(VENV)/.installed $@

# Without their dependencies: timm's would bring torchvision, which has no build for the CPU's torch.
$(VENV)/.installed-dialects: requirements-dialects.txt $(VENV)/.installed-dev
	$(BIN)/python -m pip install -q --no-deps -r requirements-dialects.txt
	touch $@

# The browser tests want a Chromium: one that is on the PATH or named by CHROMIUM, else Debian's package.
browser:
	@if [ -n "$$CHROMIUM" ] || command -v chromium chromium-browser google-chrome >/dev/null; then exit 0; fi; \
	if command -v apt-get >/dev/null; then \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; \
	else echo "Install Chromium, or name one with CHROMIUM=/path/to/it, for the browser tests." >&2; exit 1; fi

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis
