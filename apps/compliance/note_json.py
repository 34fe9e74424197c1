"""Facts as JSON, and back: what a signed note keeps so that it can be judged again.

`dump` writes every field, defaults too, so that a stored note stands alone. `load` says
exactly what is wrong and where, and gives a missing key its default, so that an old note
loads under newer code. `schema` is the same shape as JSON Schema. All three read the
dataclasses of facts.py: a field that is added there needs nothing here.

A message names a place and a kind of value, never the value: that may be a patient's.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from inspect import getdoc
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from . import facts as facts_module
from .facts import NoteFacts

Json = Any  # None, bool, int, str, list or dict of these

# An editor that knows JSON Schema looks for it under this key; a note has no use for it.
_FOR_EDITORS = "$schema"


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong value: where it is, what belongs there, what kind of thing is there instead."""

    path: str  # "blocks[1].minutes_therapist"; "" for the note itself
    expected: str
    found: str  # "" where `expected` says it all

    def __str__(self) -> str:
        if not self.found:
            return f"{self.path}: {self.expected}."
        return f"{self.path or 'the note'}: expected {self.expected}, found {self.found}."


class WrongNote(ValueError):
    """JSON that is not a note. `problems` holds everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def dump(facts: NoteFacts) -> dict[str, Json]:
    """The facts as plain JSON values: no floats, decimals as text, dates and times in ISO 8601."""
    written: dict[str, Json] = _codec(NoteFacts).write(facts)
    return written


def load(data: Json, *, strict: bool = True) -> NoteFacts:
    """The facts that `dump` wrote. A key that is not known is an error, unless `strict` is False.

    Raises WrongNote.
    """
    if isinstance(data, dict) and _FOR_EDITORS in data:
        data = {key: value for key, value in data.items() if key != _FOR_EDITORS}
    try:
        loaded: NoteFacts = _codec(NoteFacts).read(data, strict)
    except _Wrong as wrong:
        raise WrongNote(tuple(Problem(path, *rest) for path, *rest in wrong.found)) from None
    return loaded


# --- One codec per type -----------------------------------------------------


class _Codec(NamedTuple):
    """How a type is written, read and described."""

    expected: str
    write: Callable[[Any], Json]
    read: Callable[[Json, bool], Any]
    schema: Callable[[], dict[str, Json]]


class _Wrong(Exception):
    """What is wrong below a value, each with its path from there."""

    def __init__(self, found: list[tuple[str, str, str]]) -> None:
        super().__init__()
        self.found = found

    def below(self, step: str) -> list[tuple[str, str, str]]:
        return [(_join(step, path), expected, found) for path, expected, found in self.found]


def _join(step: str, path: str) -> str:
    return f"{step}{path}" if not path or path.startswith("[") else f"{step}.{path}"


def _kind(value: Json) -> str:
    """What a JSON reader would call it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    for types, name in _KINDS:
        if isinstance(value, types):
            return name
    return f"a Python {type(value).__name__}"


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "a text"),
    (int, "a whole number"),
    ((float, Decimal), "a number with a fraction"),
    (list, "a list"),
    (dict, "an object"),
)


@cache
def _codec(kind: Any) -> _Codec:
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, of = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _nullable(kind, tuple(one for one in of if one is not NoneType))
    if origin is Literal:
        return _one_of(of, of)
    if origin is tuple and (len(of) != 2 or of[1] is not Ellipsis):
        return _row(of)
    if origin in (tuple, list):
        return _list(of[0], origin)
    if origin in (frozenset, set):
        return _list(of[0], lambda read: origin(read), order=sorted)
    if origin is not None and issubclass(origin, Mapping) and of[0] is str:
        return _mapping(of[1])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _one_of(tuple(one.value for one in kind), tuple(kind))
    if is_dataclass(kind):
        return _object(kind)
    raise TypeError(f"note_json cannot store {kind!r}")


def _refuse(expected: str, value: Json) -> _Wrong:
    return _Wrong([("", expected, _kind(value))])


def _exactly(kind: type, expected: str, name: str) -> _Codec:
    """str, int or bool. A bool is no whole number, although Python thinks so."""

    def read(value: Json, strict: bool) -> Any:
        if type(value) is not kind:
            raise _refuse(expected, value)
        return value

    return _Codec(expected, lambda value: value, read, lambda: {"type": name})


def _text(
    expected: str,
    pattern: str,
    write: Callable[[Any], str],
    parse: Callable[[str], Any],
    described: dict[str, Json],
) -> _Codec:
    """A value that JSON keeps as text."""
    shape = re.compile(pattern, re.ASCII)

    def read(value: Json, strict: bool) -> Any:
        if not isinstance(value, str):
            raise _refuse(expected, value)
        if shape.fullmatch(value):
            try:
                return parse(value)
            except (ValueError, ArithmeticError):
                pass
        raise _Wrong([("", expected, "another text")])

    return _Codec(expected, write, read, lambda: {"type": "string", **described})


def _write_time(value: time) -> str:
    return value.isoformat("minutes" if not value.second and not value.microsecond else "auto")


_DECIMAL = r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?|-?NaN|-?Infinity"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{6})?)?"


def _decimal() -> _Codec:
    as_text = _text('a number, as it is or as text, such as "44.5"', _DECIMAL, str, Decimal, {})

    def read(value: Json, strict: bool) -> Decimal:
        if isinstance(value, Decimal):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            # The shortest text of a float is what stood in the JSON.
            return Decimal(repr(value))
        number: Decimal = as_text.read(value, strict)
        return number

    return as_text._replace(
        read=read, schema=lambda: {"type": ["string", "number"], "pattern": f"^({_DECIMAL})$"}
    )


_PLAIN: dict[Any, _Codec] = {
    str: _exactly(str, "a text", "string"),
    bool: _exactly(bool, "true or false", "boolean"),
    int: _exactly(int, "a whole number", "integer"),
    Decimal: _decimal(),
    date: _text(
        "a date such as 2026-11-16",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
        date.isoformat,
        date.fromisoformat,
        {"format": "date"},
    ),
    time: _text(
        "a time of day such as 09:30", _TIME, _write_time, time.fromisoformat, {"pattern": f"^{_TIME}$"}
    ),
    datetime: _text(
        "a moment such as 2026-11-16T09:30:00+00:00",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}(Z|[+-][0-9]{2}:[0-9]{2})?",
        datetime.isoformat,
        datetime.fromisoformat,
        {"format": "date-time"},
    ),
}


def _one_of(stored: tuple[Json, ...], values: tuple[Any, ...]) -> _Codec:
    by_stored = dict(zip(stored, values, strict=True))
    to_stored = dict(zip(values, stored, strict=True))
    expected = "one of " + ", ".join(map(repr, stored))

    def read(value: Json, strict: bool) -> Any:
        if not isinstance(value, str | int) or value not in by_stored:
            raise _Wrong([("", expected, "another text" if isinstance(value, str) else _kind(value))])
        return by_stored[value]

    return _Codec(expected, to_stored.__getitem__, read, lambda: {"enum": list(stored)})


def _nullable(kind: Any, others: tuple[Any, ...]) -> _Codec:
    if len(others) != 1 or NoneType not in get_args(kind):
        raise TypeError(f"note_json cannot tell the sides of {kind!r} apart")
    inner = _codec(others[0])
    expected = f"{inner.expected} or null"

    def write(value: Any) -> Json:
        return None if value is None else inner.write(value)

    def read(value: Json, strict: bool) -> Any:
        if value is None:
            return None
        try:
            return inner.read(value, strict)
        except _Wrong as wrong:
            here = [(path, expected if not path else told, found) for path, told, found in wrong.found]
            raise _Wrong(here) from None

    def schema() -> dict[str, Json]:
        described = inner.schema()
        if isinstance(described.get("type"), str):
            return {**described, "type": [described["type"], "null"]}
        if isinstance(described.get("type"), list):
            return {**described, "type": [*described["type"], "null"]}
        return {"anyOf": [described, {"type": "null"}]}

    return _Codec(expected, write, read, schema)


def _list(kind: Any, make: Callable[[Any], Any], order: Callable[[Any], Any] = iter) -> _Codec:
    inner = _codec(kind)

    def write(value: Any) -> Json:
        return [inner.write(one) for one in order(value)]

    def read(value: Json, strict: bool) -> Any:
        if not isinstance(value, list):
            raise _refuse("a list", value)
        return make(list(_each(enumerate(value), inner, strict, "[{}]".format)))

    return _Codec("a list", write, read, lambda: {"type": "array", "items": inner.schema()})


def _row(kinds: tuple[Any, ...]) -> _Codec:
    """A tuple of a fixed length."""
    inner = [_codec(kind) for kind in kinds]
    expected = f"a list of {len(inner)}"

    def write(value: Any) -> Json:
        return [one.write(part) for one, part in zip(inner, value, strict=True)]

    def read(value: Json, strict: bool) -> Any:
        if not isinstance(value, list):
            raise _refuse(expected, value)
        if len(value) != len(inner):
            raise _Wrong([("", expected, f"a list of {len(value)}")])
        found, wrong = [], []
        for number, (one, part) in enumerate(zip(inner, value, strict=True)):
            try:
                found.append(one.read(part, strict))
            except _Wrong as below:
                wrong += below.below(f"[{number}]")
        if wrong:
            raise _Wrong(wrong)
        return tuple(found)

    def schema() -> dict[str, Json]:
        return {"type": "array", "prefixItems": [one.schema() for one in inner], "items": False}

    return _Codec(expected, write, read, schema)


def _mapping(kind: Any) -> _Codec:
    inner = _codec(kind)

    def write(value: Any) -> Json:
        return {key: inner.write(one) for key, one in value.items()}

    def read(value: Json, strict: bool) -> Any:
        if not isinstance(value, dict):
            raise _refuse("an object", value)
        return dict(zip(value, _each(value.items(), inner, strict, '["{}"]'.format), strict=True))

    return _Codec(
        "an object", write, read, lambda: {"type": "object", "additionalProperties": inner.schema()}
    )


def _each(items: Any, inner: _Codec, strict: bool, step: Callable[[Any], str]) -> list[Any]:
    read = inner.read
    found: list[Any] = []
    wrong: list[tuple[str, str, str]] = []
    for at, one in items:
        try:
            found.append(read(one, strict))
        except _Wrong as below:
            wrong += below.below(step(at))
    if wrong:
        raise _Wrong(wrong)
    return found


def _object(kind: Any) -> _Codec:
    """A dataclass."""
    hints = get_type_hints(kind)
    codecs = {one.name: _codec(hints[one.name]) for one in fields(kind)}
    needed = [one.name for one in fields(kind) if _is_needed(one)]
    writers = [(name, codec.write) for name, codec in codecs.items()]
    readers = {name: codec.read for name, codec in codecs.items()}

    def write(value: Any) -> Json:
        return {name: write(getattr(value, name)) for name, write in writers}

    def read(value: Json, strict: bool) -> Any:
        if not isinstance(value, dict):
            raise _refuse("an object", value)
        given: dict[str, Any] = {}
        wrong: list[tuple[str, str, str]] = []
        for name, one in value.items():
            reader = readers.get(name)
            if reader is not None:
                try:
                    given[name] = reader(one, strict)
                except _Wrong as below:
                    wrong += below.below(name)
            elif strict:
                wrong.append((str(name), _no_such_key(str(name), readers), ""))
        for name in needed:
            if name not in value:
                wrong.append((name, codecs[name].expected, "nothing"))
        if wrong:
            raise _Wrong(wrong)
        return kind(**given)

    return _Codec("an object", write, read, lambda: {"$ref": f"#/$defs/{kind.__name__}"})


def _no_such_key(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"there is no such key; {near[0]} is one" if near else "there is no such key"


def _is_needed(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


# --- JSON Schema ------------------------------------------------------------


def schema() -> dict[str, Json]:
    """What `load` accepts, as JSON Schema 2020-12."""
    top = _described(NoteFacts)
    properties = {_FOR_EDITORS: {"type": "string", "description": "For editors."}, **top["properties"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A treatment note as Midline judges it",
        **top,
        "properties": properties,
        "$defs": {kind.__name__: _described(kind) for kind in _parts() if kind is not NoteFacts},
    }


def _parts() -> list[type]:
    """Every dataclass that a note is made of, in the order of the alphabet."""
    found: set[type] = set()
    waiting: list[Any] = [NoteFacts]
    while waiting:
        kind = waiting.pop()
        if is_dataclass(kind) and isinstance(kind, type):
            if kind not in found:
                found.add(kind)
                waiting += get_type_hints(kind).values()
        else:
            waiting += get_args(kind)
    return sorted(found, key=lambda kind: kind.__name__)


def _described(kind: Any) -> dict[str, Json]:
    hints = get_type_hints(kind)
    said = _comments().get(kind.__name__, {})
    properties = {}
    for one in fields(kind):
        shown: dict[str, Json] = {
            "title": one.name.replace("_", " ").capitalize(),
            **_codec(hints[one.name]).schema(),
        }
        if one.name in said:
            shown["description"] = said[one.name]
        if one.default is not MISSING:
            shown["default"] = _codec(hints[one.name]).write(one.default)
        properties[one.name] = shown
    return {
        "description": getdoc(kind) or "",
        "type": "object",
        "properties": properties,
        "required": [one.name for one in fields(kind) if _is_needed(one)],
        "additionalProperties": False,
    }


@cache
def _comments() -> dict[str, dict[str, str]]:
    """The comment behind each field in facts.py, by class and field: the only place that explains them."""
    source = Path(facts_module.__file__).read_text(encoding="utf-8")
    behind = dict(_comments_by_line(source))
    return {
        part.name: {
            line.target.id: behind[line.end_lineno]
            for line in part.body
            if isinstance(line, ast.AnnAssign)
            and isinstance(line.target, ast.Name)
            and line.end_lineno in behind
        }
        for part in ast.parse(source).body
        if isinstance(part, ast.ClassDef)
    }


def _comments_by_line(source: str) -> Iterator[tuple[int | None, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")
