"""A word that may have been meant. Imported only when an expression is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from fyke.filter.words import CONSTANTS, KEYWORDS


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The most similar of the candidates, if one is similar enough."""
    if len(word) < 2:
        return None
    matches = get_close_matches(word[:40].lower(), candidates, n=1, cutoff=0.6)
    return matches[0] if matches else None


def keyword(word: str) -> str | None:
    """The nearest keyword or named constant."""
    return nearest(word, [*KEYWORDS, *CONSTANTS])
