"""Pass-through by field: what of a JSON answer may leave, and behind which mask.

Only the declared paths leave; all else is dropped, whatever the provider adds. Values that pass unmasked are copied
as the bytes they came in, so a long number or a decimal is not rounded on its way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from zampa.contracts.flowspecs import GrantedField
from zampa.flows.masks import masker
from zampa.gateway.refusals import Refusal

Shape = Callable[[msgspec.Raw], Any]
MAX_DEPTH = 32
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode
_value = msgspec.json.Decoder(float_hook=str).decode
_encode = msgspec.json.Encoder().encode
_ABSENT = object()
Tree = dict[str, Any]  # a name, or "[]", to a Tree or to the GrantedField at a leaf


class ByField:
    """The fields of a grant, compiled. `answer` takes and gives JSON bytes."""

    def __init__(self, fields: Sequence[GrantedField], mask_key: bytes) -> None:
        tree: Tree = {}
        for field in fields:
            if field.mask.kind != "drop":
                _plant(tree, steps(field.path or field.name), field)
        self._shape = _shape(tree, mask_key)

    def answer(self, body: bytes | memoryview) -> bytes:
        """The granted part of one JSON value; Refusal gateway.provider.not_json when it is none."""
        try:
            kept = self._shape(msgspec.Raw(body))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Refusal("gateway.provider.not_json") from error
        if kept is _ABSENT:
            raise Refusal("gateway.provider.not_json")
        return _encode(kept)


def steps(path: str) -> list[str]:
    """A dotted path as its steps: "data[].name" is data, [], name."""
    found: list[str] = []
    for part in path.split("."):
        name = part
        arrays = 0
        while name.endswith("[]"):
            name, arrays = name[:-2], arrays + 1
        if name:
            found.append(name)
        found += ["[]"] * arrays
    return found


def _plant(tree: Tree, path: list[str], field: GrantedField) -> None:
    for step in path[:-1]:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):  # a shorter path was granted whole: the longer one adds nothing
            return
        tree = below
    tree[path[-1]] = field


def _shape(tree: Tree, mask_key: bytes) -> Shape:
    if "[]" in tree:
        inner = _part(tree["[]"], mask_key)
        return lambda raw: _array(raw, inner)
    parts = {name: _part(part, mask_key) for name, part in tree.items()}
    return lambda raw: _object(raw, parts)


def _part(part: Tree | GrantedField, mask_key: bytes) -> Shape | None:
    """None for a leaf that passes as it is."""
    if isinstance(part, dict):
        return _shape(part, mask_key)
    if part.mask.kind == "none":
        return None
    mask = masker(part.mask, mask_key)
    return lambda raw: _masked(raw, mask)


def _masked(raw: msgspec.Raw, mask: Callable[[object], object]) -> object:
    value = _value(raw)
    if isinstance(value, list):
        return [None if isinstance(one, (dict, list)) else mask(one) for one in value]
    return None if isinstance(value, dict) else mask(value)


def _object(raw: msgspec.Raw, parts: dict[str, Shape | None]) -> Any:
    if not _begins(raw, b"{"):
        return None if _begins(raw, b"n") else _ABSENT
    members = _members(raw)
    kept = {}
    for name, shape in parts.items():
        found = members.get(name)
        if found is None:
            continue
        value = found if shape is None else shape(found)
        if value is not _ABSENT:
            kept[name] = value
    return kept


def _array(raw: msgspec.Raw, inner: Shape | None) -> Any:
    if not _begins(raw, b"["):
        return None if _begins(raw, b"n") else _ABSENT
    elements = _elements(raw)
    if inner is None:
        return elements
    return [value for element in elements if (value := inner(element)) is not _ABSENT]


def _begins(raw: msgspec.Raw, mark: bytes) -> bool:
    return bytes(raw)[:64].lstrip()[:1] == mark
