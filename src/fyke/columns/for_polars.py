"""Room columns/: a scan as a Polars IO source: a query's columns and predicate come down."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fyke.columns.extras import library
from fyke.columns.predicate import UNKNOWN, Either, Inverse, all_of, compared, there
from fyke.hints import NamedTuple

if TYPE_CHECKING:
    from fyke.columns.opening import Asked
    from fyke.columns.predicate import Predicate

#: Polars' operators as ``compared`` has them, and which way round they are with sides exchanged.
RELATIONS = {"Eq": "=", "NotEq": "!=", "Lt": "<", "LtEq": "<=", "Gt": ">", "GtEq": ">="}
EXCHANGED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
DEEPEST = 100


class Column(NamedTuple):
    """A column's name within an expression."""

    name: str


def lazy_frame(asked: Asked) -> Any:
    """A LazyFrame of the scan; the file is read when it is collected, as far as it is needed."""
    polars = library("polars", "polars")
    from polars.io.plugins import register_io_source

    schema = polars.Schema(asked.scan())

    def source(with_columns: list[str] | None, predicate: Any, n_rows: int | None,
               batch_size: int | None) -> Iterator[Any]:
        names = [name for name in asked.names if with_columns is None or name in with_columns]
        needed = names
        if predicate is not None:
            roots = set(predicate.meta.root_names())
            needed = [name for name in asked.names if name in names or name in roots]
        left = n_rows
        for batch in asked._replace(names=tuple(needed or asked.names[:1])).scan(
                of_expression(predicate)):
            found = polars.DataFrame(batch)
            if predicate is not None:
                found = found.filter(predicate)
            if left is not None:
                found = found.head(left)
                left -= found.height
            yield found.select(names)
            if left == 0:
                return

    return register_io_source(source, schema=schema, validate_schema=False)


def of_expression(expression: Any) -> Predicate:
    """What of a Polars expression can be said as a predicate."""
    if expression is None:
        return UNKNOWN
    try:
        tree = json.loads(expression.meta.serialize(format="json"))
        return of_tree(tree)
    except Exception:  # another version writes its trees in another way: nothing is pushed down
        return UNKNOWN


def of_tree(tree: Any, depth: int = 0) -> Predicate:
    """A node of the tree that Polars writes."""
    if not isinstance(tree, dict) or depth > DEEPEST:
        return UNKNOWN
    if "BinaryExpr" in tree:
        return of_binary(tree["BinaryExpr"], depth)
    if "Function" in tree:
        return of_function(tree["Function"], depth)
    if "Column" in tree:  # a truth
        return compared(tree["Column"], "=", [True])
    return UNKNOWN


def of_binary(node: Any, depth: int) -> Predicate:
    operator = node["op"]
    if operator in ("And", "LogicalAnd"):
        return all_of([of_tree(node[side], depth + 1) for side in ("left", "right")])
    if operator in ("Or", "LogicalOr"):
        return Either(tuple(of_tree(node[side], depth + 1) for side in ("left", "right")))
    relation = RELATIONS.get(operator)
    left, right = value_of(node["left"]), value_of(node["right"])
    if relation is None or left is None or right is None:
        return UNKNOWN
    if isinstance(right, Column) and not isinstance(left, Column):
        left, right, relation = right, left, EXCHANGED.get(relation, relation)
    if isinstance(left, Column) and not isinstance(right, Column):
        return compared(left.name, relation, [right])
    return UNKNOWN


def of_function(node: Any, depth: int) -> Predicate:
    """``is_in``, ``is_between``, ``is_null``, ``is_not_null`` and ``not``."""
    function = node["function"]
    told = function.get("Boolean") if isinstance(function, dict) else None
    inputs = node["input"]
    if told == "Not":
        return Inverse(of_tree(inputs[0], depth + 1))
    column = value_of(inputs[0])
    if not isinstance(column, Column):
        return UNKNOWN
    if told in ("IsNotNull", "IsNull"):
        present = there(column.name)
        return present if told == "IsNotNull" else Inverse(present)
    if not isinstance(told, dict):
        return UNKNOWN
    if "IsIn" in told and not told["IsIn"].get("nulls_equal"):
        return compared(column.name, "in", members(inputs[1]))
    if "IsBetween" in told:
        low, high = value_of(inputs[1]), value_of(inputs[2])
        closed = told["IsBetween"].get("closed")
        if not isinstance(low, Column) and not isinstance(high, Column):
            return all_of([
                compared(column.name, ">=" if closed in ("Both", "Left") else ">", [low]),
                compared(column.name, "<=" if closed in ("Both", "Right") else "<", [high])])
    return UNKNOWN


def members(node: Any) -> list[Any]:
    """The values of a literal list, which Polars writes as an Arrow stream of one column."""
    octets = node["Literal"]["Scalar"]["List"]
    frame = library("polars", "polars").read_ipc_stream(io.BytesIO(bytes(octets)))
    return frame.to_series(0).to_list()  # type: ignore[no-any-return]


def value_of(node: Any) -> Any:
    """A Column, or a literal's value as Python has it; None for anything else."""
    if not isinstance(node, dict):
        return None
    if "Column" in node:
        return Column(node["Column"])
    value = node.get("Literal")
    while isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    return value if isinstance(value, (bool, int, str)) else None
