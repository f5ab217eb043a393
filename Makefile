# Two commands do everything on a fresh machine with Python 3.11, git and make: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
unexport PYTHONDONTWRITEBYTECODE  # tests start many processes: none should compile our modules anew

.PHONY: demo test lint types layers tests bench bench-native kills fuzz docs generate clean

demo: $(INSTALLED)
	$(BIN)/pierhead demo

test: lint types layers tests

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy

layers: $(INSTALLED)
	$(BIN)/lint-imports

tests: $(INSTALLED)
	$(BIN)/pytest -n 2 --dist loadgroup

bench: $(INSTALLED)
	$(BIN)/python bench/throughput.py
	$(BIN)/python bench/maps.py
	$(BIN)/python bench/ais.py
	$(BIN)/python bench/observing.py
	$(BIN)/python bench/vessels.py
	$(BIN)/python bench/feeds.py
	$(BIN)/python bench/service.py
	$(BIN)/python bench/search.py

# kill -9 at every step under load, counted at real counterparties; KILLS bounds it, and 200 take half an hour.
KILLS ?= 200
kills: $(INSTALLED)
	$(BIN)/python tests/e2e/kill_matrix.py --kills $(KILLS)
	$(BIN)/python tests/e2e/kill_matrix.py --kills $(KILLS) --store postgresql

# What a tokenizer in C would bring (docs/adr/0011); needs a C compiler, and setuptools for the build alone.
bench-native: $(INSTALLED)
	$(BIN)/pip install --quiet setuptools
	$(BIN)/python bench/native/measure.py

# FUZZ_SECONDS bounds the search; what it finds worth keeping, and bytes that break a law, go to .fuzz.
FUZZ_SECONDS ?= 600
fuzz: $(INSTALLED)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[fuzz]'
	mkdir -p .fuzz/corpus
	$(BIN)/python tests/fuzz/fuzz_edifact.py .fuzz/corpus -artifact_prefix=.fuzz/ -timeout=30 -max_total_time=$(FUZZ_SECONDS)

docs: $(INSTALLED)
	$(BIN)/pip install --quiet --constraint constraints.txt mkdocs-material
	$(BIN)/mkdocs build --strict

# Regenerates what is generated from published facts; FACTS names the folder that holds them.
generate: $(INSTALLED)
	$(BIN)/python tools/pack_edifact.py $(FACTS)
	$(BIN)/python tools/pack_lists.py $(FACTS)
	$(BIN)/python tools/export_json_schema.py
	$(BIN)/python tools/coverage_page.py
	$(BIN)/python tools/ais_fields_page.py
	$(BIN)/python tools/asyncapi.py
	$(BIN)/python tools/openapi.py

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .fuzz
