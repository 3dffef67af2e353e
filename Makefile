# The tools of a work day; they take the environment that the README's second command makes, with '.[dev]'.
PYTHON ?= .venv/bin/python

.PHONY: test lint types golden bench ci

test:
	$(PYTHON) -m pytest

lint:
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check

types:
	$(PYTHON) -m mypy

golden:  # writes the golden files and the README's pages anew; the diff is the review
	$(PYTHON) -m pytest --golden
	git diff --stat

bench:
	$(PYTHON) benchmarks/run.py

ci:
	.ci/run
