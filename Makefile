# Needs Python 3.11 or later, git and make. All is installed into .venv; nothing else is touched.
PYTHON ?= python3
BIN := .venv/bin
# a file's tests on one core: they share what its fixtures made; long files first, by tests/conftest.py
TESTS := -q --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder

# extra of pyproject.toml -> the tests that need it; without those of dev and of an accelerator
OUTSIDE := bench cluster docs export tensorboard torch
OUTSIDE_bench := tests/benchmarks/speed
OUTSIDE_cluster := tests/benchmarks/executors/test_ray_cluster.py
OUTSIDE_docs := tests/docs/test_build.py
OUTSIDE_export := tests/benchmarks/export
OUTSIDE_tensorboard := tests/benchmarks/runner/test_tracker.py
OUTSIDE_torch := tests/docs/test_torch_guide.py tests/benchmarks/language_models

# equal files give an equal archive
TAR := tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf

LOWEST_PYTHON ?= python3.11
CHROMIUM ?= chromium
SMOKE := -q -p no:cacheprovider -m smoke

.PHONY: run headline replicate board board-picture verify-board release committed test test-slow test-long fuzz test-outside test-lowest test-newest docs test-docs pages lint format clean

run: .venv/installed  ## install, then the main job: two minutes, a table and a report
	$(BIN)/zebroid run smoke

headline: .venv/installed  ## the suite behind the README's table: up to an hour, resumable
	$(BIN)/zebroid run headline-v2 --jobs 2

replicate: .venv/installed  ## the core of the field's findings, each beside its null: resumable
	$(BIN)/zebroid replicate --core --jobs 2

test: .venv/tested  ## the default tests
	$(BIN)/python -m pytest $(TESTS) -m "not slow and not long"

test-slow: .venv/tested  ## the slow tests alone: kills, wheel, simulations, new random cases
	$(BIN)/python -m pytest $(TESTS) -m slow

test-long: .venv/tested  ## what changes seldom: processes, changes of receipts, comparisons, certificates
	$(BIN)/python -m pytest $(TESTS) -m long

fuzz: .venv/tested  ## 10,000 random cases at every door, new ones each time: an hour or more
	ZEBROID_FUZZ=10000 $(BIN)/python -m pytest $(subst loadfile,load,$(TESTS)) -m fuzz

test-outside: $(OUTSIDE:%=test-outside-%)  ## what extras are for, each in .venv-outside-NAME

# other packages decide the versions of these, and one of them builds with setuptools before 81
test-outside-export test-outside-torch: WHOSE = PIP_CONSTRAINT=.venv-outside-$*/build.txt
test-outside-%: WHOSE ?=
test-outside-%:
	$(PYTHON) -m venv --clear .venv-outside-$*
	echo "setuptools<81" > .venv-outside-$*/build.txt
	$(WHOSE) .venv-outside-$*/bin/python -m pip install --quiet \
		$(if $(WHOSE),,-c constraints.txt) -e ".[$*]" pytest hypothesis packaging
	.venv-outside-$*/bin/python -m pytest -q -p no:cacheprovider $(OUTSIDE_$*)

test-lowest:  ## smoke tests with the lowest Python and versions declared, in .venv-lowest
	$(LOWEST_PYTHON) -m venv --clear .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet uv
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python \
		--resolution lowest-direct -e ".[dev]"
	.venv-lowest/bin/python -m pytest $(SMOKE)

test-newest:  ## smoke tests with the newest versions of all, whatever constraints.txt says
	$(PYTHON) -m venv --clear .venv-newest
	.venv-newest/bin/python -m pip install --quiet --upgrade --upgrade-strategy eager -e ".[dev]"
	.venv-newest/bin/python -m pytest $(SMOKE)

docs: .venv/documented  ## the documentation, into site/; a warning is an error
	$(BIN)/python -m sphinx -W --keep-going --quiet -b html docs site

test-docs: docs .venv/tested  ## every page of site/ in headless Chromium, wide and phone-wide
	ZEBROID_SITE=required $(BIN)/python -m pytest -q tests/docs/test_site.py tests/docs/test_board_site.py

board: .venv/installed  ## the leaderboard of the committed receipts, into docs/board and README; its site, into board/
	$(BIN)/zebroid board docs/receipts --to board
	mkdir -p docs/board
	cp board/LEADERBOARD.md board/leaderboard.csv docs/board/
	$(BIN)/python -m zebroid.benchmarks.board.board_head README.md

board-picture:  ## the picture in README, of the site in board/, by headless Chromium
	$(CHROMIUM) --headless --no-sandbox --hide-scrollbars --window-size=1280,760 \
		--screenshot=docs/pictures/board.png board/index.html

verify-board: .venv/installed  ## all committed receipts verified anew, and which passed recorded
	$(BIN)/zebroid board docs/receipts --verify --to board

release: committed docs board .venv/tested  ## what is archived, into dist/, and a tag: nothing is published
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	rm -rf build zebroid.egg-info
	$(TAR) dist/zebroid-docs.tar site
	$(TAR) dist/zebroid-board.tar board
	cp CITATION.cff .zenodo.json LICENSE dist/
	cp docs/receipts/LICENSE dist/LICENSE-DATA
	cd dist && sha256sum * .zenodo.json > SHA256SUMS
	version=$$($(BIN)/python -c "import zebroid; print(zebroid.__version__)") && \
		git tag --annotate "v$$version" --message "zebroid $$version"

committed:
	@test -z "$$(git status --porcelain)" || \
		{ echo "release: some files are not committed; commit them, so that the tag has them"; exit 1; }

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
