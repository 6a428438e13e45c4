"""What every fuzz target shares. A target is a file with ``one_input(data: bytes)``.

    python fuzz/filters.py [SEED FILES OR FOLDERS] [-max_total_time=60 …]

runs it with atheris (pip install atheris), whose options are libFuzzer's. The modules must not be
compiled, or there is no coverage to be guided by. Whatever is not an error of fyke's own, of one
line, is a finding.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from fyke.errors import FykeError, harmless


def expected(call: Callable[[], object]) -> None:
    """Run it: errors of fyke's own are fine, if they are one line for a terminal each."""
    try:
        call()
    except FykeError as error:
        assert harmless(error).isprintable() and len(str(error)) < 10_000


def run(one_input: Callable[[bytes], None]) -> None:
    """Fuzz until somebody, or an option, says stop."""
    try:
        import atheris
    except ImportError:
        sys.exit("fuzzing needs atheris: pip install atheris; or: make fuzz")
    atheris.instrument_all()
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
