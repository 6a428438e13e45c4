"""Replays what fuzzing found worth keeping (tests/fuzz/fuzz_files.py)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
CORPUS = sorted((TESTS / "corpus" / "files").iterdir())


def target() -> Any:
    """The fuzzer's module, which is no package's."""
    spec = importlib.util.spec_from_file_location("fuzz_files", TESTS / "fuzz" / "fuzz_files.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_is_a_corpus() -> None:
    assert len(CORPUS) > 20


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_an_input_of_the_corpus(path: Path) -> None:
    target().one_input(path.read_bytes())
