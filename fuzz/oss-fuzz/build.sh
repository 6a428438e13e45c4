#!/bin/bash -eu
# Not compiled: coverage is of Python's lines.
FYKE_COMPILE=no pip3 install "$SRC/fyke[zstd,lz4]"
for target in savefiles filters programs links options; do
    cp "$SRC/fyke/fuzz/$target.py" "$SRC/fyke/fuzz/fuzz_$target.py"
    compile_python_fuzzer "$SRC/fyke/fuzz/fuzz_$target.py" --paths "$SRC/fyke/fuzz" --collect-submodules fyke
done
zip -j "$OUT/fuzz_savefiles_seed_corpus.zip" "$SRC"/fyke/tests/corpus/files/*
