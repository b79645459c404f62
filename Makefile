.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
export SOURCE_DATE_EPOCH ?= 1700000000

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "cem needs Python 3.11 or newer; name it with PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --require-hashes -r requirements.lock
	.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/tested: .venv/installed requirements-dev.lock
	.venv/bin/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

demo: .venv/installed ## Install, load the demo company and serve it (PORT=8000)
	.venv/bin/cem demo --port $(PORT)

test: .venv/tested ## Install, check style, types and layers, run every test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/pytest -n auto --dist loadgroup --cov --cov-report=term:skip-covered

bench: .venv/tested ## Print each budget beside its limit, measured in one run (ARGS=--json)
	.venv/bin/python -m benchmarks $(ARGS)

lock: ## Resolve the pinned dependencies anew (needs uv)
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --no-annotate -q -c requirements.lock -o requirements-dev.lock

clean: ## Remove what the targets above made
	rm -rf .venv .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

.PHONY: help demo test bench lock clean
