"""The interface of an entry: its OpenAPI document, shown and to take along."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from zampa.catalogue import queries, queries_quality
from zampa.catalogue.rules import interfaces
from zampa.desk.pages import StaffRequest, signed_in
from zampa.ground.errors import NotFound


def _described(request: StaffRequest, pk: UUID) -> tuple[object, interfaces.Interface]:
    found = queries.resource(request.actor, pk)
    made = queries_quality.interface_of(found)
    if made is None:
        raise NotFound("catalogue.interface.none")
    return found, made


@signed_in
def interface(request: StaffRequest, pk: UUID) -> HttpResponse:
    found, made = _described(request, pk)
    whole = interfaces.document(made)
    context = {
        "resource": found,
        "interface": made,
        "paths": [
            (path, [name.upper() for name in said if name != "parameters"]) for path, said in whole["paths"].items()
        ],
        "text": json.dumps(whole, ensure_ascii=False, indent=2),
        "example": interfaces.example(made),
    }
    return render(request, "catalogue/interface.html", context)


@signed_in
def openapi(request: StaffRequest, pk: UUID) -> JsonResponse:
    _found, made = _described(request, pk)
    answer = JsonResponse(interfaces.document(made), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="openapi-{pk}.json"'
    return answer
