# Chores for developers; users need only the two commands of the README.
BIN = .venv/bin
# Finds one version of everything that pyproject.toml asks for, for Python 3.11 and later on every system.
COMPILE = $(BIN)/uv pip compile -q --custom-compile-command 'make lock' --upgrade --universal --python-version 3.11 \
	--extra test --extra postgres pyproject.toml

.PHONY: demo test unit check fmt lint types coverage torture bench lock i18n schema journal language shapes lists history clean release

.venv/ready: pyproject.toml requirements/lock.txt
	python3 -m venv .venv
	$(BIN)/pip install -q -e '.[test]' -c requirements/lock.txt
	touch $@

demo: .venv/ready
	$(BIN)/rongtong demo

test: .venv/ready
	$(BIN)/pytest

# What needs no database: a minute, for between two thoughts.
unit: .venv/ready
	$(BIN)/pytest tests/architecture tests/unit

check: lint types test

# Mends what ruff can mend, the order of imports among it. Lines are broken by hand: `ruff format` would undo that.
fmt: .venv/ready
	$(BIN)/ruff check --fix .

lint: .venv/ready
	$(BIN)/ruff check .

types: .venv/ready
	$(BIN)/mypy

# Of the pure core, by the tests that need no database; fails below what pyproject.toml asks for.
coverage: .venv/ready
	$(BIN)/pytest -q --cov --cov-report=term-missing:skip-covered tests/unit/definition tests/unit/runtime tests/contract

# The long proofs, some half an hour; the test command has a short form of each.
torture: .venv/ready
	$(BIN)/python -m tests.torture.kills 300
	RONGTONG_TORTURE=all RONGTONG_POISON=1000 $(BIN)/pytest tests/torture/test_torture.py tests/torture/test_poison.py

bench: .venv/ready
	$(BIN)/python -m benchmarks

lock:
	test -d .venv || python3 -m venv .venv
	$(BIN)/pip install -q uv
	$(COMPILE) -o requirements/lock.txt
	$(COMPILE) --resolution lowest-direct -o requirements/lowest.txt

# A message that is new stands in the catalogue without its English, and a test names it.
i18n: .venv/ready
	$(BIN)/python -m tools.catalogue

schema: .venv/ready
	$(BIN)/python -m engine.definition.language.schema

journal: .venv/ready
	$(BIN)/python -m tools.journal

# The key table of docs/language.md.
language: .venv/ready
	$(BIN)/python -m tools.language

# What a stored state and row are made of, by version; of a version that was released it stays.
shapes: .venv/ready
	$(BIN)/python -m tests.shapes

# What there is and what covers it; a test compares.
lists: .venv/ready
	$(BIN)/python -m tests.lists

# What districts go through under this version, for every later one to read; of a version that was released it stays.
history: .venv/ready
	$(BIN)/python -m tests.histories

# Everything that a tool made and git does not know, but for the environment.
clean:
	rm -rf dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* screenshots
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

# Both distributions, looked at and tried in an environment of their own; nothing is uploaded.
release: .venv/ready
	$(BIN)/python -m tools.release
