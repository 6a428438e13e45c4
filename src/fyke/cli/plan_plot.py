"""The plot of ``fyke plan --plot``: how each tap's buffer fills over time, as SVG or PNG."""

from __future__ import annotations

from html import escape

from fyke.errors import UsageError
from fyke.files.folder import CREATE, folder
from fyke.hints import Any
from fyke.kernel.replay import Outcome, Told

WIDTH, HEIGHT = 860, 190  # of one tap's panel, in pixels
LEFT, RIGHT, TOP, BOTTOM = 80, 20, 34, 30
BLUE, RED, GREY = "#2a6fb0", "#c62828", "#888888"


def save(told: Told, path: str) -> None:
    """Write the plot to a file that ends in .svg or .png. Raises UsageError, OSError."""
    image = draw(told).encode()
    if not path.endswith(".svg"):
        image = check_library(path).svg2png(bytestring=image)
    try:
        handle = folder().open(path, CREATE)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None
    with open(handle, "wb") as file:
        file.write(image)


def check_library(path: str) -> Any:
    """CairoSVG, if the plot needs it. Raises UsageError."""
    if path.endswith(".svg"):
        return None
    try:
        import cairosvg
    except (ImportError, OSError):  # OSError: without the Cairo library itself
        raise UsageError("a plot as PNG needs CairoSVG: pip install 'fyke[plot]'; "
                         "or name a file that ends in .svg") from None
    return cairosvg


def draw(told: Told) -> str:
    """One panel for each tap under the other, on the same time axis."""
    height = HEIGHT * len(told.outcomes)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
             f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{WIDTH}" height="{height}" fill="white"/>']
    span = max(1, told.last - told.first)
    for number, outcome in enumerate(told.outcomes):
        parts.append(f'<g transform="translate(0 {number * HEIGHT})">')
        parts += panel(outcome, told.first, span)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def panel(outcome: Outcome, first: int, span: int) -> list[str]:
    """One tap: title, axes, the line of its capacity, the filling, marks where it lost."""
    from fyke.cli.taps import octets
    capacity = outcome.plan.capacity
    highest = max(1, outcome.fullest, capacity if outcome.fullest * 10 > capacity else 0)
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def x(time: float) -> float:
        return LEFT + (right - LEFT) * min(1.0, (time - first) / span)

    def y(value: float) -> float:
        return bottom - (bottom - TOP) * value / highest

    title = f"{outcome.plan.title}: fullest {octets(outcome.fullest)} of {octets(capacity)}" + (
        f", {outcome.lost:,} packets lost" if outcome.lost else ", nothing lost")
    parts = [f'<text x="{LEFT}" y="20" font-weight="bold">{escape(title)}</text>',
             f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="{GREY}"/>',
             *(label(LEFT - 6, y(value) + 4, octets(round(value)), "end")
               for value in (0, highest / 2, highest)),
             *(label(x(first + share * span), bottom + 18, duration(share * span), anchor)
               for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")))]
    curve = outcome.filling
    points = " ".join(f"{x(curve.start + at * curve.width):.1f},{y(value):.1f}"
                      for at, value in enumerate(curve.values))
    parts.append(f'<polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="1.2"/>')
    if highest >= capacity:
        parts.append(f'<path d="M{LEFT} {y(capacity):.1f}H{right}" stroke="{RED}" '
                     'stroke-dasharray="4 3"/>')
    lost = outcome.losses
    marks = "".join(f"M{x(lost.start + at * lost.width):.1f} {bottom}v-6"
                    for at, value in enumerate(lost.values) if value)
    if marks:
        parts.append(f'<path d="{marks}" stroke="{RED}"/>')
    return parts


def duration(nanoseconds: float) -> str:
    """A time with the unit that fits it."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.4g} {unit}"
    return f"{nanoseconds:.0f} ns" if nanoseconds else "0"


def label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
