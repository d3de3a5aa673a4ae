# Everything a newcomer runs. `make` alone lists the targets.
#   make up   PORT=8000  DATA=.data  EMPTY=1     each is optional
SHELL := /bin/bash
PYTHON ?= python3
INSTALLED := .venv/.installed
# npm writes this list last, when all that it names is in place.
NODE_TOOLS := tests/contracts/node_modules/.package-lock.json
# Tests of whole hubs keep two processors busy by two; the others mostly wait for a database.
HUBS := tests/journeys tests/access tests/relais tests/contracts tests/notifications/test_tout_casse.py
PYTEST := .venv/bin/python -m pytest -p tests.workers -p tests.no_skips
.DEFAULT_GOAL := help
.PHONY: help up test check bench screenshots lock clean

help: ## list what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 15

up: $(INSTALLED) ## start a whole hub on this machine, until Ctrl-C (PORT=8000 DATA=.data EMPTY=1)
	@exec .venv/bin/relais up

test: check $(INSTALLED) $(NODE_TOOLS) ## run every check and every test
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@failed=; $(PYTEST) -n 2 $(HUBS) || failed=1; $(PYTEST) -n 4 $(HUBS:%=--ignore=%) || failed=1; [ -z "$$failed" ]

check:
	@missing=(); \
	command -v chromium-headless-shell >/dev/null || missing+=(chromium-headless-shell); \
	command -v node >/dev/null || missing+=(nodejs); \
	command -v npm >/dev/null || missing+=(npm); \
	[ -z "$${missing[*]}" ] \
	|| { echo "The tests need more than make up does: apt-get install -y $${missing[*]} fonts-dejavu-core" >&2; exit 1; }

bench: $(INSTALLED) ## measure the hub and its deliveries beside the barest code that does the same, its lists over 100,000 referrals, its pages over 20,000 cases
	@.venv/bin/python -m tests.bench
	@.venv/bin/python -m tests.bench.livraisons
	@.venv/bin/python -m tests.bench.listes
	@.venv/bin/python -m tests.bench.eligibilite
	@.venv/bin/python -m tests.bench.pages

screenshots: check $(INSTALLED) ## photograph the main pages of each role into docs/images/ecrans, with their index docs/ecrans.md
	@.venv/bin/python -m tests.ecrans

lock: $(INSTALLED) ## resolve the dependencies of pyproject.toml again
	@compile=".venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --no-annotate"; set -e; \
	echo uv | $$compile - -o requirements-uv.lock; \
	$$compile pyproject.toml -o requirements.lock; \
	$$compile --extra embedded --extra test pyproject.toml -c requirements.lock -o requirements-dev.lock

clean: ## remove what make installed and the caches; the hub's data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results

$(NODE_TOOLS): tests/contracts/package-lock.json
	@npm ci --prefix tests/contracts --no-audit --no-fund --silent \
	|| { echo "npm could not install the tools of the contract tests: check the network and the disk, then try again." >&2; exit 1; }
	@touch $@

# pip brings uv, and uv everything else, each file checked against its locked hash. Done again only when a lock changes.
$(INSTALLED): requirements-uv.lock requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	|| { echo "Python 3.11 or newer is needed ($(PYTHON) is not): install it, then run make PYTHON=python3.11." >&2; exit 1; }
	@[ -x .venv/bin/pip ] || $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	|| { echo "Python's venv module is missing: apt-get install -y python3-venv" >&2; exit 1; }
	@[ -x .venv/bin/pip ] || $(PYTHON) -m venv .venv
	@echo "Installing, once for each new lock…"
	@{ .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock \
	&& .venv/bin/uv pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes requirements-dev.lock \
	&& .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .; } \
	|| { echo "The installation failed: check the network and the disk, then run make again." >&2; exit 1; }
	@touch $@
