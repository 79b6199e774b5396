# Chores for developers; users need only the two commands of the README.
BIN = .venv/bin

.PHONY: demo test check bench

.venv/ready: pyproject.toml
	python3 -m venv .venv
	$(BIN)/pip install -q -e '.[test]'
	touch $@

demo: .venv/ready
	$(BIN)/rongtong demo

test: .venv/ready
	$(BIN)/pytest

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

bench: .venv/ready
	$(BIN)/python -m benchmarks
