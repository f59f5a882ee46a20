# make run             set up what is missing and serve the app (PORT=8501, HOST=localhost; docs/hosting.md has all settings)
# make test            the gate: set up, lint, types, and every test, the browser's too, on WORKERS=2 workers
# make quick           lint, types and the tests of what is pure: under a minute, before each commit
# make nightly         all tests but those of the browser and of time, with three times as many random examples, and those
#                      that are too long for each change
# make test-dialects   hold the code we read and write against optax, keras, transformers and timm themselves (CI does it too)
# make lint            ruff and mypy
# make format          let ruff put the code into order
# make docs            write what is made from the code: docs/links.md, the settings in docs/hosting.md and the model file
#                      in CONTRIBUTING.md
# make bench           print the tables of docs/benchmarks.md
# make bench-cluster   print its table of a Dask cluster on this machine against the local helper
# make load            a class of 100 on the real server, with faults, for 3 minutes; held against goals (LOAD="--people 30")
# make soak            the same for an hour, for the slopes of memory and open files (SOAK=3600)
# make setup           install what the app needs into .venv; setup-dev, setup-dialects: the tests, and the libraries, too
# make browser         find a Chromium for the tests, or install Debian's
# make proxy           find a Caddy for the tests, or fetch Debian's
# make image-check     build the image, run it and stop it, where ../shared/bin/image-check.sh is there to do it
# make clean           remove .venv and the caches
PYTHON ?= python3
PORT ?= 8501
HOST ?= localhost
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
LOAD ?=
SOAK ?= 3600
DURATIONS := $(if $(CI),--durations=20)
export OMP_NUM_THREADS := 1
export KERAS_BACKEND := torch

# What needs no page and no worker process: schedules, plans, what is read off them, and every example in a docstring.
PURE := lrcore tests/test_plan* $(addprefix tests/,analysis datasets experiment gallery links results schedules text values)

.PHONY: run test quick nightly test-dialects lint format setup setup-dev setup-dialects browser proxy bench \
	bench-cluster load soak docs image-check clean

run: setup
	LRLAB_PORT=$(PORT) LRLAB_HOST=$(HOST) $(BIN)/python app.py

# On CI the libraries whose schedules are read and written are installed too, so that none of their tests is skipped.
# What is installed and checked before the tests runs two at a time: Chromium comes while pip and mypy work.
# The browser's tests are one group, so one worker drives the browser while the others do the rest; tests that measure time
# come last and alone. A failure in the first half does not hide one in the second.
test:
	@$(MAKE) --no-print-directory -j2 --output-sync=target setup-dev browser proxy lint $(if $(CI),setup-dialects)
	@failed=0; \
	$(BIN)/pytest -m "not serial and not nightly" -n $(WORKERS) --dist loadgroup $(DURATIONS) || failed=1; \
	$(BIN)/pytest -m serial $(DURATIONS) $$(grep -rl --include='*.py' 'mark[.]serial' tests) || failed=1; \
	exit $$failed

quick: lint
	$(BIN)/pytest -m "not serial" -n $(WORKERS) $(PURE)

nightly: setup-dev browser
	@failed=0; \
	$(BIN)/pytest -m "not browser and not serial" -n $(WORKERS) --dist loadgroup --hypothesis-profile=nightly || failed=1; \
	$(BIN)/pytest -m nightly $$(grep -rl --include='*.py' 'mark[.]nightly' tests) || failed=1; \
	exit $$failed

test-dialects: setup-dialects
	$(BIN)/pytest tests/dialects

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup-dev
	$(BIN)/python -m tests.write_docs

bench: setup-dev browser
	$(BIN)/python -m tests.benchmarks

bench-cluster: setup-dev
	$(BIN)/python -m tests.benchmarks.cluster

# Each exits with 1 when a goal is missed; the figures are in load.json and soak.json too.
load: setup-dev browser
	$(BIN)/python -m tests.load --json load.json $(LOAD)

soak: setup-dev browser
	$(BIN)/python -m tests.load --json soak.json --seconds $(SOAK) --malformed $$(( $(SOAK) * 5 )) $(LOAD)

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev
setup-dialects: $(VENV)/.installed-dialects

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "LR Lab needs Python 3.11 or newer"'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install -q -r requirements.txt
	touch $@

# Each on top of the one before, so that two never install at the same time.
$(VENV)/.installed-dev: requirements-dev.txt requirements-dask.txt $(VENV)/.installed
	$(BIN)/python -m pip install -q -r requirements-dev.txt
	touch $@

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

# And a proxy: the binary of Debian's package, unpacked beside the project, since installing it would start a service.
CADDY_FOLDER := .cache/caddy
proxy:
	@if [ -n "$$CADDY" ] || command -v caddy >/dev/null || [ -x $(CADDY_FOLDER)/usr/bin/caddy ]; then exit 0; fi; \
	if command -v apt-get >/dev/null; then \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  mkdir -p $(CADDY_FOLDER) && $$sudo apt-get update -qq && cd $(CADDY_FOLDER) && \
	  apt-get download -qq caddy && dpkg-deb -x caddy_*.deb . && rm caddy_*.deb; \
	else echo "Install Caddy, or name one with CADDY=/path/to/it, for the tests of hosting." >&2; exit 1; fi

# Twice the same image: below a base path, where its health check has to find it too, and as it stands. Without the tool
# nothing is checked, and the target fails.
IMAGE_CHECK ?= ../shared/bin/image-check.sh
image-check:
	@if [ ! -x $(IMAGE_CHECK) ]; then \
	  echo "image: not checked: there is no $(IMAGE_CHECK) here, which builds and runs an image without Docker." >&2; exit 1; fi
	IMAGE_CHECK_KEEP=1 IMAGE_CHECK_RENDER=no IMAGE_CHECK_ENV=LRLAB_BASE_PATH=/lab IMAGE_CHECK_HEALTH=/lab/_stcore/health \
	  $(IMAGE_CHECK) .
	IMAGE_CHECK_KEEP=1 $(IMAGE_CHECK) .

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis
