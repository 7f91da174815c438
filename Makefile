# Every target does all of its own set-up: Python, make, a shell and the package indexes are all it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
IN_VENV := PATH="$(CURDIR)/$(BIN):$$PATH"

.PHONY: image test test-fast test-nixpkgs lint build-tests golden schema bench clean

# The environment is made anew when pyproject.toml changes; the stamp is written last, so a broken one is not used.
$(VENV)/.ready: pyproject.toml scripts/setup.sh
	sh scripts/setup.sh "$(PYTHON)" "$(VENV)"

# Build examples/hello, run the image, print its digest.
image: $(VENV)/.ready
	@$(IN_VENV) neve -C examples/hello run
	@$(IN_VENV) neve -C examples/hello -q build

# Lint, types, all tests. As root it installs what the tests of other programs need; else those say what they skip.
test: $(VENV)/.ready lint
	sh scripts/test-programs.sh
	$(BIN)/python -m pytest -q

# The unit tests alone: seconds.
test-fast: $(VENV)/.ready
	$(BIN)/python -m pytest -q -m "not build and not network"

# What takes a real nixpkgs: make test-nixpkgs NEVE_NIXPKGS=/path/to/nixpkgs
test-nixpkgs: $(VENV)/.ready
	NEVE_NIXPKGS="$(NEVE_NIXPKGS)" $(BIN)/python -m pytest -q -m nixpkgs

lint: $(VENV)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Write the golden files and the JSON Schema anew.
golden: $(VENV)/.ready
	$(BIN)/python -m tests.golden

# The figures of the README; takes minutes.
bench: $(VENV)/.ready
	$(IN_VENV) $(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
