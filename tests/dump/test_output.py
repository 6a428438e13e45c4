"""Nothing of the text is lost when the system takes it in pieces."""

from __future__ import annotations

import pytest

from fyke.dump.output import Output


class Pieces:
    """A raw file that takes at most ``most`` octets a write, and tells None when it cannot."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = b""

    def write(self, text: memoryview) -> int | None:
        if not self.most:
            return None
        self.taken += bytes(text[:self.most])
        return min(self.most, len(text))

    def flush(self) -> None:
        self.taken += b"|"


@pytest.mark.parametrize("most", [1, 3, 1000])
def test_everything_is_written(most: int) -> None:
    file = Pieces(most)
    out = Output(file)
    assert out.write(b"0123456789") == 10
    out.flush()
    assert file.taken == b"0123456789|"


def test_a_file_that_takes_nothing_is_an_error() -> None:
    with pytest.raises(BlockingIOError, match="not ready"):
        Output(Pieces(0)).write(b"x")
