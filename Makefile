# Chores for developers; users need only the two commands of the README.
BIN = .venv/bin
# Finds one version of everything that pyproject.toml asks for, for Python 3.11 and later on every system.
COMPILE = $(BIN)/uv pip compile -q --custom-compile-command 'make lock' --upgrade --universal --python-version 3.11 \
	--extra test --extra postgres pyproject.toml

.PHONY: demo test check torture bench lock i18n schema

.venv/ready: pyproject.toml requirements/lock.txt
	python3 -m venv .venv
	$(BIN)/pip install -q -e '.[test]' -c requirements/lock.txt
	touch $@

demo: .venv/ready
	$(BIN)/rongtong demo

test: .venv/ready
	$(BIN)/pytest

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

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

i18n: .venv/ready
	$(BIN)/pybabel compile -d engine/web/translations

schema: .venv/ready
	$(BIN)/python -m engine.definition.language.schema
