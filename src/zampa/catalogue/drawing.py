"""A lineage graph as an SVG: columns from left to right, curves between them, every node with its text."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from zampa.catalogue.queries_lineage import Graph, Node

COLUMNS = (("system", "collection"), ("source",), ("item",), ("grant", "register", "others", "delivery"))
WIDE, TALL, GAP, APART = 168, 36, 8, 64
LONGEST = 13  # signs of a name that fit a box
MOST = 40  # boxes of one column; the list below names them all


@dataclass(frozen=True)
class Box:
    node: Node
    x: int
    y: int
    short: str
    url: str

    @property
    def text_x(self) -> int:
        return self.x + 10

    @property
    def text_y(self) -> int:
        return self.y + 23


@dataclass(frozen=True)
class Picture:
    boxes: list[Box]
    curves: list[str]
    width: int
    height: int
    left_out: int


def drawn(graph: Graph) -> Picture:
    """Boxes column by column, empty columns left out; curves of edges whose ends are both drawn."""
    boxes: dict[str, Box] = {}
    columns = [graph.of(*kinds) for kinds in COLUMNS]
    shown = [column[:MOST] for column in columns if column]
    tallest = max((len(column) for column in shown), default=1)
    height = tallest * (TALL + GAP) + GAP
    for place, column in enumerate(shown):
        top = (height - len(column) * (TALL + GAP) + GAP) // 2
        for row, node in enumerate(column):
            x, y = place * (WIDE + APART) + 1, top + row * (TALL + GAP)
            boxes[node.id] = Box(node, x, y, _short(node), url_of(node))
    curves = [_curve(boxes[one], boxes[other]) for one, other in graph.edges if one in boxes and other in boxes]
    width = len(shown) * (WIDE + APART) - APART + 2
    return Picture(list(boxes.values()), curves, max(width, 10), height, len(graph.nodes) - len(boxes))


def url_of(node: Node) -> str:
    return reverse(node.link[0], args=[node.link[1]]) if node.link else ""


def _short(node: Node) -> str:
    """A delivery's box says what it is before the name."""
    longest = LONGEST - 4 if node.kind == "delivery" else LONGEST
    return node.name if len(node.name) <= longest else node.name[: longest - 1] + "…"


def _curve(one: Box, other: Box) -> str:
    x1, y1, x2, y2 = one.x + WIDE, one.y + TALL // 2, other.x, other.y + TALL // 2
    middle = (x1 + x2) // 2
    return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"
