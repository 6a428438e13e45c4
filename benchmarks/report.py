"""The results as a table for people and as a plot: results/README.md and results/ratios.svg."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import NamedTuple

from benchmarks.captures import MAKERS
from benchmarks.programs import compiled


class Row(NamedTuple):
    """One task on one file; seconds of processor time, None where nothing was timed."""

    file: str
    task: str
    packets: int
    beside: str
    theirs: float | None
    ours: float | None
    different: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times less fyke takes."""
        return self.theirs / self.ours if self.theirs and self.ours else None


def number(value: float | None, form: str = ".3f") -> str:
    return "–" if value is None else format(value, form)


def line(row: Row) -> str:
    what = "NOT ALIKE" if row.different else row.note
    return (f"{row.file:6} {row.task:26} {row.packets:7} {number(row.theirs):>8} "
            f"{number(row.ours):>8} {number(row.ratio, '.2f'):>6}  {row.beside} {what}").rstrip()


def table(rows: list[Row]) -> str:
    """A row for each task, a column of ratios for each file."""
    files = [name for name in (*MAKERS, "start") if any(row.file == name for row in rows)]
    found = {(row.task, row.file): row for row in rows}
    out = ["| task | beside | " + " | ".join(files) + " |", "|---|---|" + "--:|" * len(files)]
    for task in dict.fromkeys(row.task for row in rows):
        beside = next((row.beside for row in rows if row.task == task and row.beside), "–")
        cells = []
        for file in files:
            row = found.get((task, file))
            cells.append("" if row is None else "not alike" if row.different else
                         number(row.ratio, ".2f") + ("*" if row.note else ""))
        out.append(f"| `{task}` | {beside} | " + " | ".join(cells) + " |")
    notes = [f"\\* {row.file}, `{row.task}`: {row.note}" for row in rows if row.note]
    return "\n".join([*out, *([""] if notes else []), *(note + "  " for note in notes)])


def worst_and_best(rows: list[Row]) -> str:
    measured = sorted((row for row in rows if row.ratio), key=lambda row: row.ratio or 0)
    if not measured:
        return ""
    return "; ".join(f"{word}: {row.ratio:.2f} (`{row.task}` on {row.file}, beside {row.beside})"
                     for word, row in (("worst", measured[0]), ("best", measured[-1])))


def instruction_table(counts: dict[tuple[str, str, str], float]) -> str:
    out = ["| file | style | tcpdump | fyke | ratio |", "|---|---|--:|--:|--:|"]
    for file, style in dict.fromkeys((file, style) for file, style, _ in counts):
        ours, theirs = (counts.get((file, style, name)) for name in ("fyke", "tcpdump"))
        ratio = theirs / ours if ours and theirs else None
        out.append(f"| {file} | `{style}` | {number(theirs, ',.0f')} | {number(ours, ',.0f')} | "
                   f"{number(ratio, '.2f')} |")
    return "\n".join(out)


def write(folder: Path, rows: list[Row], counts: dict[tuple[str, str, str], float]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        "# Results", "",
        "Written by `make bench`. Ratios: how many times less processor time fyke takes than the "
        "program beside it, start-up included; below 1 it takes more. Medians of runs that take "
        "turns; what both write was compared first.", "",
        f"fyke {compiled()}, CPython {platform.python_version()}, Linux {platform.release()}, "
        f"{os.cpu_count()} processors, load {os.getloadavg()[1]:.1f} at the end.", "",
        worst_and_best(rows), "", table(rows), "", "![ratios](ratios.svg)", ""]
    if counts:
        parts += ["## Instructions a packet", "", instruction_table(counts), ""]
    (folder / "README.md").write_text("\n".join(parts))
    plot(folder / "ratios.svg", [row for row in rows if row.ratio])


def plot(path: Path, rows: list[Row]) -> None:
    """A dot for each task and file, on a logarithmic axis with tcpdump's 1 in the middle."""
    try:
        import matplotlib
    except ImportError:
        print("no plot: pip install 'fyke[bench]'")
        return
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "fyke"
    from matplotlib import pyplot
    from matplotlib.ticker import FuncFormatter
    tasks = list(dict.fromkeys(row.task for row in rows))
    figure, axes = pyplot.subplots(figsize=(8, 0.32 * len(tasks) + 1.2), layout="constrained")
    for file in dict.fromkeys(row.file for row in rows):
        some = [row for row in rows if row.file == file]
        axes.scatter([row.ratio or 0 for row in some], [tasks.index(row.task) for row in some],
                     label=file, s=22)
    axes.set_yticks(range(len(tasks)), tasks)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xlabel("times less processor time than the program beside it (right: fyke is faster)")
    axes.grid(axis="both", linewidth=0.3)
    axes.legend(loc="lower right", fontsize=8)
    figure.savefig(path, metadata={"Date": None})
