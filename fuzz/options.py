"""Fuzz target: command lines of ``fyke dump``: parsed and checked, and nothing run."""

from __future__ import annotations

from harness import expected, run

from fyke.cli import flags, outputs
from fyke.cli.dump import settle


def one_input(data: bytes) -> None:
    words = data.decode("utf-8", "surrogateescape").split("\0")
    words = [word for word in words if not word.startswith(("-F", "-V"))]  # which read files
    expected(lambda: checked(words))


def checked(words: list[str]) -> None:
    options = flags.parse(words)
    options.expression_file = options.read_list = None
    settle(options)
    outputs.check(options)


if __name__ == "__main__":
    run(one_input)
