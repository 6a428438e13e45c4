"""A program as JSON, as a graph for Graphviz, and as a picture (SVG)."""

from __future__ import annotations

import json
from html import escape

from fyke.bpf.instructions import JA, JMP, RET
from fyke.bpf.listing import is_branch
from fyke.bpf.program import Program
from fyke.filter.describe import Note, annotate
from fyke.linktypes import by_number

LINE = 18  #: height of a line of the picture, in pixels
CHARACTER = 7.3  #: width of a character of a 12-pixel monospaced font
MARGIN = 12
STEP = 9  #: from one edge's column to the next
YES, NO, ON = "#1a7f37", "#cf222e", "#57606a"


def as_json(program: Program) -> str:
    """The instructions with their notes, one JSON object."""
    instructions = [
        {"code": ins.code, "jt": ins.jt, "jf": ins.jf, "k": ins.k, "listing": note.listing,
         "field": note.field, "goes": note.goes, "words": note.words, "span": note.span}
        for ins, note in zip(program.instructions, annotate(program), strict=True)]
    return json.dumps({"expression": program.expression,
                       "link_type": by_number(program.link_type).name, "snaplen": program.snaplen,
                       "instructions": instructions}, indent=1) + "\n"


def edges(program: Program) -> list[tuple[int, int, str]]:
    """From, to, and "yes", "no" or "" (always) for every jump."""
    found = []
    for at, ins in enumerate(program.instructions):
        if is_branch(ins):
            found += [(at, at + 1 + ins.jt, "yes"), (at, at + 1 + ins.jf, "no")]
        elif ins.code == JMP | JA:
            found.append((at, at + 1 + (ins.k - (1 << 32) if ins.k >> 31 else ins.k), ""))
    return found


def blocks(program: Program) -> list[range]:
    """Runs of instructions that are entered only at the first one."""
    starts = {0} | {to for _, to, _ in edges(program)}
    for at, ins in enumerate(program.instructions):
        if ins.code & 0x07 in (JMP, RET):
            starts.add(at + 1)
    order = sorted(start for start in starts if start < len(program))
    return [range(start, end) for start, end in
            zip(order, [*order[1:], len(program)], strict=True)]


def dot(program: Program) -> str:
    """For ``dot -Tpng``: a node for each block, green edges for yes and red ones for no."""
    notes = annotate(program)
    lines = ["digraph filter {\n", '  node [shape=box, fontname="monospace", fontsize=10];\n']
    out = edges(program)
    for block in blocks(program):
        label = "\\l".join(_quoted(_line(notes[at])) for at in block) + "\\l"
        lines.append(f'  b{block.start} [label="{label}"];\n')
        ways = [(to, kind) for at, to, kind in out if at == block[-1]]
        if not ways and program.instructions[block[-1]].code & 0x07 != RET:
            ways = [(block.stop, "")]
        for to, kind in ways:
            color = {"yes": YES, "no": NO}.get(kind, ON)
            lines.append(f'  b{block.start} -> b{to} [color="{color}", label="{kind}"];\n')
    return "".join([*lines, "}\n"])


def svg(program: Program) -> str:
    """The listing with its jumps drawn beside it, in columns of their own where they overlap."""
    notes = annotate(program)
    width = max((len(_line(note)) for note in notes), default=0) * CHARACTER + 2 * MARGIN
    columns: list[int] = []  # for each column of edges, the line down to which it is taken
    drawn = []
    for at, to, kind in edges(program):
        if to == at + 1:
            continue
        top, bottom = sorted((at, to))
        column = next((n for n, taken in enumerate(columns) if taken < top), len(columns))
        columns[column:column + 1] = [bottom]
        drawn.append(_edge(at, to, {"yes": YES, "no": NO}.get(kind, ON), width, column))
    right = width + (len(columns) + 2) * STEP + MARGIN
    height = len(notes) * LINE + 2 * MARGIN
    texts = [f'<text x="{MARGIN}" y="{MARGIN + n * LINE + 13}" xml:space="preserve">'
             f"{escape(_line(note))}</text>\n" for n, note in enumerate(notes)]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{right:.0f}" height="{height}" '
            'font-family="monospace" font-size="12" fill="#1f2328">\n'
            f'<rect width="100%" height="100%" fill="white"/>\n{"".join(texts)}{"".join(drawn)}'
            "</svg>\n")


def _edge(at: int, to: int, color: str, left: float, column: int) -> str:
    """A line out to its column, down, and back with an arrow head."""
    x = left + (column + 1) * STEP
    start, end = (MARGIN + n * LINE + LINE / 2 for n in (at, to))
    return (f'<path d="M{left:.0f} {start:.0f}H{x:.0f}V{end:.0f}H{left:.0f}" fill="none" '
            f'stroke="{color}"/><path d="M{left:.0f} {end:.0f}l6 -3v6z" fill="{color}"/>\n')


def _line(note: Note) -> str:
    return f"{note.listing:<44} {note.field}".rstrip()


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
