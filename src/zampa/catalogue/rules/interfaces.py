"""The OpenAPI 3.1 document of an entry's interface as a gateway serves it, made from the entry's items. Pure.

Of a table the query and the verify call are described in full, as the gateway's own query language has them; of a
service that is passed on, its methods, and its answer only as far as the entry declares its form. A grant names fewer
fields, puts masks on them or filters rows: the document tells the most that may be granted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

MOST_ROWS = 1000
OPERATORS = ("eq", "ne", "lt", "lte", "gt", "gte", "in", "starts", "null")
UNFILTERED = ("binary", "json")
_SCHEMAS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$", "description": "exact, as text"},
    "double": {"type": ["number", "string"], "description": "text for NaN and infinity"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string"},
    "timestamp": {"type": "string", "description": "ISO 8601 without an offset"},
    "timestamptz": {"type": "string", "format": "date-time"},
    "binary": {"type": "string", "contentEncoding": "base64"},
    "json": {},
    "uuid": {"type": "string", "format": "uuid"},
}


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """An item as its interface shows it."""

    name: str
    type: str
    note: str = ""
    length: int | None = None
    nullable: bool = True
    key: bool = False


class Interface(msgspec.Struct, frozen=True, kw_only=True):
    """What the document is made of. `methods` and `response` are of a service that is passed on."""

    name: str
    abstract: str
    version: int
    provider: str
    items: tuple[Described, ...] = ()
    table: bool = True
    methods: tuple[str, ...] = ()
    response: str = ""


def field_schema(item: Described) -> dict[str, Any]:
    """JSON Schema of one field: its type, null where it may be, its length and its note."""
    made = dict(_SCHEMAS.get(item.type, {"type": "string"}))
    if item.nullable and "type" in made:
        kinds = made["type"] if isinstance(made["type"], list) else [made["type"]]
        made["type"] = [*kinds, "null"]
    if item.type == "text" and item.length:
        made["maxLength"] = item.length
    if item.note:
        made["description"] = "; ".join(part for part in (item.note, made.get("description", "")) if part)
    return made


def document(given: Interface) -> dict[str, Any]:
    """The whole document (https://spec.openapis.org/oas/v3.1.0)."""
    return {
        "openapi": "3.1.0",
        "info": {"title": given.name, "description": given.abstract, "version": str(given.version)},
        "servers": [
            {
                "url": "https://{gateway}",
                "description": given.provider,
                "variables": {"gateway": {"default": "gateway.example", "description": "the address on the grant"}},
            }
        ],
        "security": [{"key": []}],
        "paths": _table_paths(given) if given.table else _service_paths(given),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "a consumer key"}},
            "parameters": {
                "grant": {
                    "name": "grant", "in": "path", "required": True, "schema": {"type": "string"},
                    "description": "the grant's number",
                }
            },
            "schemas": _schemas(given),
            "responses": {
                "Refused": {
                    "description": "refused, with its reason",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
        },
    }  # fmt: skip


def _schemas(given: Interface) -> dict[str, Any]:
    problem = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("type", "title", "detail")} | {
            "status": {"type": "integer"}
        },
    }  # fmt: skip
    if not given.table:
        return {"Problem": problem}
    fields = {item.name: field_schema(item) for item in given.items}
    answer = {"type": "object", "required": ["rows", "next"], "properties": {
        "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
        "next": {"type": ["string", "null"], "description": "address of the next page"},
    }}  # fmt: skip
    return {"Row": {"type": "object", "properties": fields}, "Rows": answer, "Problem": problem}


def _table_paths(given: Interface) -> dict[str, Any]:
    path = [{"$ref": "#/components/parameters/grant"}]
    row = {"$ref": "#/components/schemas/Rows"}
    answer = {"description": "one page of rows", "content": {"application/json": {"schema": row},
              "application/x-ndjson": {}, "text/csv": {}}}  # fmt: skip
    rows = {
        "operationId": "rows", "summary": given.name, "parameters": [*_words(), *_filters(given.items)],
        "responses": {"200": answer, "default": {"$ref": "#/components/responses/Refused"}},
    }  # fmt: skip
    found = {"/g/{grant}/rows": {"parameters": path, "get": rows}}
    keys = [item.name for item in given.items if item.key]
    if keys:
        found["/g/{grant}/verify"] = {"parameters": path, "post": _verify(given, keys)}
    return found


def _words() -> list[dict[str, Any]]:
    said: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("fields", {"type": "string"}, "fewer fields, with commas"),
        ("sort", {"type": "string"}, "fields with commas; descending with -"),
        ("limit", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": 100}, "rows of a page"),
        ("after", {"type": "string"}, "the cursor of the page before"),
        ("format", {"type": "string", "enum": ["json", "ndjson", "csv"]}, "or by Accept"),
    )
    return [{"name": name, "in": "query", "schema": schema, "description": note} for name, schema, note in said]


def _filters(items: Sequence[Described]) -> list[dict[str, Any]]:
    taken = {word["name"] for word in _words()}
    operators = "|".join(OPERATORS)
    return [
        {
            "name": f"where.{item.name}" if item.name in taken else item.name,
            "in": "query",
            "schema": {"type": "string", "pattern": f"^({operators})\\."},
            "description": "operator and value: eq.value",
        }
        for item in items
        if item.type not in UNFILTERED
    ]


def _verify(given: Interface, keys: Sequence[str]) -> dict[str, Any]:
    text = {"type": "string"}
    others = {item.name: text for item in given.items if not item.key}
    body = {"type": "object", "additionalProperties": False, "required": ["key", "values"], "properties": {
        "key": {"type": "object", "properties": dict.fromkeys(keys, text)},
        "values": {"type": "object", "properties": others},
    }}  # fmt: skip
    verdict = {"type": "string", "enum": ["match", "no_match", "not_judged"]}
    answer = {"type": "object", "properties": {"result": {"type": "object", "additionalProperties": verdict}}}
    return {
        "operationId": "verify", "summary": "yes or no instead of data",
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "200": {"description": "a verdict a field", "content": {"application/json": {"schema": answer}}},
            "default": {"$ref": "#/components/responses/Refused"},
        },
    }  # fmt: skip


def _service_paths(given: Interface) -> dict[str, Any]:
    media = {"json": "application/json", "ndjson": "application/x-ndjson"}.get(given.response, "*/*")
    answer = {"description": "the provider's answer, granted fields only where its form is declared",
              "content": {media: {}}}  # fmt: skip
    return {
        "/g/{grant}/pass": {
            "parameters": [{"$ref": "#/components/parameters/grant"}],
            **{
                method.lower(): {
                    "operationId": f"pass_{method.lower()}", "summary": given.name,
                    "responses": {"200": answer, "default": {"$ref": "#/components/responses/Refused"}},
                }
                for method in given.methods
            },
        }
    }  # fmt: skip


def example(given: Interface) -> str:
    """A line to try it with, once there is a grant and a key."""
    if not given.table:
        return 'curl -H "Authorization: Bearer $KEY" "https://$GATEWAY/g/$GRANT/pass"'
    return 'curl -H "Authorization: Bearer $KEY" "https://$GATEWAY/g/$GRANT/rows?limit=10"'
