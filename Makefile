# make demo   the main job on real traffic      make test    every test, compiled where possible
# make pure   remove the compiled modules       make lint    ruff, mypy; types as users see them
# make package   the source distribution, and a wheel built from it, into dist/
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-pure build lint pure bench package clean

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# The stamp is remade when anything that is compiled, or says how, has changed.
$(VENV)/built: $(BIN)/python setup.py pyproject.toml $(shell find src -name '*.py' -o -name '*.pxd')
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,zstd,lz4]'
	@ls src/fyke/wire.*.so >/dev/null 2>&1 || \
	    echo 'fyke: not compiled (no C compiler, or FYKE_COMPILE=no): pure Python, the same output, slower'
	@touch $@

build: $(VENV)/built

demo: build
	$(BIN)/python examples/demo.py

test: build
	FYKE_EXPECT=$(if $(filter require,$(FYKE_COMPILE)),compiled) $(BIN)/python -m pytest -n auto

pure:
	find src -name '*.so' -delete
	rm -rf build $(VENV)/built

test-pure: pure $(BIN)/python
	FYKE_COMPILE=no $(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,zstd,lz4]'
	FYKE_EXPECT=pure $(BIN)/python -m pytest -n auto

lint: $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check mypy ruff cython
	$(BIN)/ruff check src tests benchmarks examples setup.py
	$(BIN)/mypy
	$(BIN)/python tests/types/check.py

package: $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check build
	rm -rf dist
	$(BIN)/python -m build --quiet

bench: build
	$(BIN)/python -m benchmarks

clean: pure
	rm -rf $(VENV) dist .hypothesis .pytest_cache .mypy_cache .ruff_cache
