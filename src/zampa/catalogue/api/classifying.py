"""Classifications, the maps between them, and where a resource stands."""

from __future__ import annotations

from uuid import UUID

from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from zampa.catalogue import acts, queries, tree
from zampa.catalogue.api.shapes import ClassOut, MapIn, PlaceIn, PlacementOut, SchemeOut, StaffCall
from zampa.catalogue.models import GUIDE, ClassNode, Placement, Scheme

router = Router()
MOST = 200_000


@router.get("/schemes", response=list[SchemeOut])
def schemes(request: StaffCall) -> list[Scheme]:
    """The classifications side by side, each with its edition, its source and whether it is complete."""
    return list(queries.schemes())


@router.get("/classes", response=list[ClassOut])
def classes(request: StaffCall, scheme: str = GUIDE, parent: str | None = None, q: str = "") -> list[ClassNode]:
    """The nodes of a scheme; with `parent` its children only ("" = the roots), with `q` those found."""
    if q:
        return tree.find_classes(q, scheme)
    rows = queries.class_nodes(scheme)
    return list(rows if parent is None else rows.filter(parent=parent))[:MOST]


@router.get("/classes/counts", response=dict[str, int])
def counts(request: StaffCall, scheme: str = GUIDE, parent: str = "") -> dict[str, int]:
    """Code of each child of `parent` -> how many resources the caller may see in it or below."""
    return tree.counts(request.actor, scheme, parent)


@router.post("/schemes/{scheme}", response=dict[str, int])
def import_classes(
    request: StaffCall,
    scheme: str,
    name: Form[str],
    edition: Form[str],
    source: Form[str],
    file: File[UploadedFile],
    standing: Form[str] = "local",
    complete: Form[bool] = False,
) -> dict[str, int]:
    """Bring a scheme to what a CSV says (columns code, name, parent, depth); a file wrong anywhere changes nothing."""
    facts = acts.SchemeFacts(
        code=scheme, name=name, standing=standing, edition=edition, source=source, complete=complete
    )
    return {"changed": acts.import_classes(by=request.actor, facts=facts, raw=file.read())}


@router.post("/classes/maps", response={201: dict[str, int]})
def map_class(request: StaffCall, given: MapIn) -> Status[dict[str, int]]:
    """Say that two nodes of different schemes mean the same."""
    node, other = given.node, given.other
    made = acts.map_class(by=request.actor, node=(node.scheme, node.code), other=(other.scheme, other.code))
    return Status(201, {"id": made.pk})


@router.delete("/classes/maps/{int:map_id}", response={204: None})
def unmap_class(request: StaffCall, map_id: int) -> Status[None]:
    """Take a map back."""
    acts.unmap_class(by=request.actor, map_id=map_id)
    return Status(204, None)


@router.get("/resources/{uuid:resource_id}/placements", response=list[PlacementOut])
def placements(request: StaffCall, resource_id: UUID) -> list[Placement]:
    """Where it stands, the main class first, each with its code."""
    return list(queries.placements_of(queries.resource(request.actor, resource_id).pk))


@router.put("/resources/{uuid:resource_id}/placements", response=list[PlacementOut])
def place(request: StaffCall, resource_id: UUID, given: list[PlaceIn]) -> list[Placement]:
    """Where it stands from now on; the first class is the main one."""
    places = [acts.Place(scheme=one.scheme, code=one.code) for one in given]
    acts.place_resource(by=request.actor, resource_id=resource_id, places=places)
    return list(queries.placements_of(resource_id))
