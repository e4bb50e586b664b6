"""Compares an answer with a peer's case: field by field, within the case's own tolerance.

A case's question is the case with its expected figures blanked: which fields, rows and decimals are asked for is part of
the question, the digits are not.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

Case = dict[str, Any]
ROW_KEYS = ("no", "day")


def cases_in(folder: Path) -> Iterator[Case]:
    """Every case of a folder's files, file by file in the order of their names."""
    for path in sorted(folder.glob("*.json")):
        if path.name != "case.schema.json":
            yield from json.loads(path.read_text(encoding="utf-8")).get("cases", [])


def question(case: Case) -> Case:
    """The case without its answer."""
    asked = copy.deepcopy(case)
    asked["expected"] = _blank(case["expected"])
    rows = case["expected"].get("rows")
    if isinstance(rows, list):
        for blank, row in zip(asked["expected"]["rows"], rows, strict=True):
            blank |= {key: row[key] for key in ROW_KEYS if key in row}
    asked.pop("verification", None)
    return asked


def _blank(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _blank(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_blank(one) for one in value]
    if not isinstance(value, str):
        return None
    if _number(value) is None:
        return ""
    return f"0.{'0' * len(value.split('.')[1])}" if "." in value else "0"


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def differences(case: Case, got: Any) -> list[str]:
    """What of an answer is not what the case expects, each with the place where it stands; empty where all is alike."""
    return list(_Comparison(case).value("expected", "", case["expected"], got))


class _Comparison:
    def __init__(self, case: Case) -> None:
        tolerance = case.get("tolerance") or {}
        self.absolute = Decimal(str(tolerance.get("abs", "0")))
        self.relative = Decimal(str(tolerance.get("rel", "0")))
        self.by_field = {name: Decimal(str(one)) for name, one in (tolerance.get("fields") or {}).items()}
        self.some_rows = bool(case.get("rows_are_partial"))

    def value(self, path: str, field: str, expected: Any, got: Any) -> Iterator[str]:
        if isinstance(expected, dict):
            if not isinstance(got, dict):
                yield f"{path}: missing"
                return
            for name, one in expected.items():
                if name not in got:
                    yield f"{path}.{name}: missing"
                else:
                    yield from self.value(f"{path}.{name}", name, one, got[name])
        elif isinstance(expected, list):
            yield from self.rows(path, field, expected, got)
        elif not self.alike(field, expected, got):
            yield f"{path}: expected {expected!r} got {got!r}"

    def alike(self, field: str, expected: Any, got: Any) -> bool:
        if isinstance(expected, bool) or expected is None:
            return bool(expected == got)
        one, other = _number(expected), _number(got)
        if one is None or other is None:
            return str(expected) == str(got)
        return abs(one - other) <= max(self.by_field.get(field, self.absolute), self.relative * abs(one))

    def rows(self, path: str, field: str, expected: list[Any], got: Any) -> Iterator[str]:
        if not isinstance(got, list):
            yield f"{path}: missing"
            return
        key = next((key for key in ROW_KEYS if expected and isinstance(expected[0], dict) and key in expected[0]), None)
        if key is not None and field == "rows" and self.some_rows:
            found = {str(row.get(key)): row for row in got}
            for row in expected:
                place = f"{path}[{row[key]}]"
                if str(row[key]) not in found:
                    yield f"{place}: missing"
                else:
                    yield from self.value(place, field, row, found[str(row[key])])
            return
        if len(expected) != len(got):
            yield f"{path}: expected {len(expected)} rows got {len(got)}"
            return
        for place, (row, own) in enumerate(zip(expected, got, strict=True), start=1):
            yield from self.value(f"{path}[{place}]", field, row, own)
