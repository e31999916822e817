# Needs Python 3.11 or later, git and make. All is installed into .venv; nothing else is touched.
PYTHON ?= python3
BIN := .venv/bin
# a file's tests on one core, in order: they share what its fixtures made
TESTS := -q --numprocesses auto --maxprocesses 8 --dist loadfile

.PHONY: run headline test test-all docs test-docs pages lint format clean

run: .venv/installed  ## install, then the main job: two minutes, a table and a report
	$(BIN)/zebroid run smoke

headline: .venv/installed  ## the suite behind the README's table: up to an hour, resumable
	$(BIN)/zebroid run headline-v1 --jobs 2

test: .venv/tested  ## the default tests
	$(BIN)/python -m pytest $(TESTS) -m "not slow"

test-all: .venv/tested  ## all tests: also kills, wheel, long fuzzing
	$(BIN)/python -m pytest $(TESTS)

docs: .venv/documented  ## the documentation, into site/; a warning is an error
	$(BIN)/python -m sphinx -W --keep-going --quiet -b html docs site

test-docs: docs .venv/tested  ## every page of site/ in headless Chromium, wide and phone-wide
	ZEBROID_SITE=required $(BIN)/python -m pytest -q tests/docs/test_site.py

pages: .venv/installed  ## every computed table and figure of README and docs anew: half an hour
	$(BIN)/python -m zebroid.benchmarks.docs

lint: .venv/tested  ## what CI checks beside the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

format: .venv/tested
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## delete kept cells; reports and receipts stay
	$(BIN)/zebroid clean

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	touch $@

.venv/documented: .venv/installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[docs]"
	touch $@

# Tools, and a link by which pyright finds the package: the root itself is `zebroid`.
.venv/tested: .venv/installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	mkdir -p .typing
	ln -sfn .. .typing/zebroid
	touch $@
