"""The plot of ``fyke rates --plot``, drawn by matplotlib (the extra ``plot``).

It is imported when all rights are given up: it is a lot of code, and reads files of its own.
"""

from __future__ import annotations

import logging
import os

from fyke.cli.rights import ours
from fyke.conversations.rates import Interval, Rates
from fyke.errors import UsageError
from fyke.hints import Any
from fyke.live.privileges import permitted

SIZE = (10, 4.5)  # inches
MOST_POINTS = 20_000  # intervals that are drawn one by one; of more, some together


def library() -> Any:
    """matplotlib's Figure, without a display. Raises UsageError where it is not to be had."""
    if capable():
        raise UsageError("--plot: matplotlib is not loaded by a process that has capabilities; "
                         "leave out --sandbox=off, or run it as another user")
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # that it cannot keep a cache
    os.environ["MPLBACKEND"] = "agg"
    if ours():  # it looks for a folder of its own, and in the box may make none
        os.environ["MPLCONFIGDIR"] = os.path.expanduser("~")
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError("a plot needs matplotlib: pip install 'fyke[plot]'") from None
    except OSError as error:
        raise UsageError(f"matplotlib cannot be loaded in the box ({error.strerror or error}); "
                         "as another user than root it can be with --sandbox=off") from None
    return Figure


def capable() -> bool:
    """Whether this process has capabilities; in the box it has none, and cannot look."""
    try:
        return bool(permitted())
    except OSError:
        return False


def draw(intervals: list[Interval], rates: Rates, top: int, file: Any, form: str) -> None:
    """Bits per second over time; with ``by`` the ``top`` protocols, hosts or ports stacked."""
    figure = library()(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot()
    seconds = rates.interval / 1e9 or max((rates.last - rates.first) / 1e9, 1e-9)
    at = {(one.start - rates.first) // (rates.interval or 1): one for one in intervals}
    count = min(max(at, default=0) + 1, MOST_POINTS)
    together = -(-(max(at, default=0) + 1) // count)
    times = [number * together * seconds for number in range(count)]

    def line(value: Any) -> list[float]:
        out = [0.0] * count
        for number, one in at.items():
            out[number // together] += 8 * value(one) / (seconds * together)
        return out

    keys = chosen(rates, top)
    if keys:
        axes.stackplot(times, [line(lambda one, key=key: one.by[key].bytes if key in one.by else 0)
                               for key in keys], labels=keys, step="post")
        axes.legend(loc="upper left", fontsize="small")
    axes.step(times, line(lambda one: one.bytes), where="post", color="black", linewidth=0.8)
    axes.set_xlabel("seconds since the first packet")
    axes.set_ylabel("bits per second")
    axes.set_ylim(bottom=0)
    axes.margins(x=0)
    figure.savefig(file, format=form)


def chosen(rates: Rates, top: int) -> list[str]:
    """The keys with the most bytes; of protocols only where paths end."""
    inner = {key.rpartition(":")[0] for key in rates.totals} if rates.by == "protocol" else set()
    found = sorted((key for key in rates.totals if key not in inner),
                   key=lambda key: -rates.totals[key].bytes)
    return found[:top]
