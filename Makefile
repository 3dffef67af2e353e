# The tools of a work day; they take the environment that the README's second command makes, with '.[dev]'.
PYTHON ?= .venv/bin/python

.PHONY: test lint types golden docs bench ci

test:
	$(PYTHON) -m pytest -n 2

lint:
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check

types:
	$(PYTHON) -m mypy

# In one process: two would write the README at the same time.
golden:  # writes the golden files and the README's pages anew; the diff is the review
	$(PYTHON) -m pytest --golden
	git diff --stat

docs:  # writes the guide anew
	$(PYTHON) docs/build.py

bench:
	$(PYTHON) benchmarks/run.py
	$(PYTHON) benchmarks/planner.py
	$(PYTHON) benchmarks/pdf.py
	$(PYTHON) benchmarks/practice.py
	$(PYTHON) benchmarks/sets.py

ci:
	.ci/run
