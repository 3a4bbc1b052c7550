"""What the words of a table suggest for the entry itself: its class, its name, its sharing. Each guess carries its
reason; a clerk decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

LEAST = 2  # characters a class and a table must share before the class is suggested


class Class(msgspec.Struct, frozen=True, kw_only=True):
    """A class as the guesses see it."""

    scheme: str
    code: str
    name: str
    depth: int


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """A suggested value and why: `reason` is a code, `params` its parameters."""

    value: str = ""
    reason: str = ""
    params: Mapping[str, str] = {}


# Words of tables and the guide's class they speak for (2017 guide, 类 and 项).
SPEAKING: tuple[tuple[str, str], ...] = (
    (r"人口|户籍|居民|公民|person|popul|resident|citizen", "101"),
    (r"企业|法人|公司|个体工商|社会组织|corp|compan|enterprise|legal_?ent", "102"),
    (r"行政区划|地名|不动产|国土|地理|测绘|division|region|land|parcel|geo", "103"),
    (r"信用|失信|红黑名单|credit(?!_?code)", "104"),
    (r"证照|许可证|执照|licen[cs]e|certificate", "105"),
    (r"卫生|医疗|医院|疾病|健康|药品|hospital|health|patient|clinic", "202"),
    (r"社保|社会保险|养老|医保|低保|救助|pension|insur|welfare", "203"),
    (r"食品|food", "204"),
    (r"安全生产|事故|危化|accident|safety", "205"),
    (r"价格|物价|price", "206"),
    (r"能源|电力|石油|天然气|energy|power_?grid", "207"),
    (r"建设|住房|施工|房屋|规划|housing|construct", "209"),
    (r"社区|网格|communit", "210"),
    (r"环境|污染|排放|生态|空气质量|水质|草原|environ|pollut|emission|grassland", "211"),
    (r"应急|灾害|地震|消防|emergen|disaster", "212"),
    (r"教育|学校|学生|文化|旅游|交通|school|student|tourism|traffic", "201"),
)


def guess_class(words: Sequence[str], classes: Iterable[Class], usual: tuple[str, str] | None = None) -> Guess:
    """The class of a table by its name and comment: a class whose whole name occurs, else a word that speaks for one
    of the guide's, else the class this department uses most. Value: "scheme:code"."""
    text = " ".join(word for word in words if word).lower()
    known = list(classes)
    named = [one for one in known if len(one.name) >= LEAST and one.name.lower() in text]
    if named:
        best = max(named, key=lambda one: (len(one.name), -one.depth))
        return Guess(
            value=f"{best.scheme}:{best.code}", reason="catalogue.suggest.class_named", params={"class": best.name}
        )
    by_code = {one.code: one for one in known if one.scheme == "guide-2017"}
    for pattern, code in SPEAKING:
        if (found := re.search(pattern, text)) and code in by_code:
            params = {"word": found[0], "class": by_code[code].name}
            return Guess(value=f"guide-2017:{code}", reason="catalogue.suggest.class_word", params=params)
    if usual:
        return Guess(value=f"{usual[0]}:{usual[1]}", reason="catalogue.suggest.class_usual")
    return Guess()


def guess_name(table: str, comment: str) -> Guess:
    """The entry's name: the first words of the table's comment, else the table's own name."""
    said = re.split(r"[;；,，。\n]", comment.strip())[0].strip()
    if said:
        return Guess(value=re.sub(r"表$", "", said)[:200] or said[:200], reason="catalogue.suggest.name_comment")
    return Guess(value=table[:200], reason="catalogue.suggest.name_table")


def guess_sharing(sensitivities: Mapping[str, str]) -> Guess:
    """`sensitivities`: item name -> its sensitivity. Personal items make an entry conditional; law shares the rest."""
    telling = [name for name, word in sensitivities.items() if word in ("personal", "sensitive")]
    if telling:
        params = {"items": "、".join(telling[:3]), "count": str(len(telling))}
        return Guess(value="conditional", reason="catalogue.suggest.sharing_personal", params=params)
    return Guess(value="unconditional", reason="catalogue.suggest.sharing_open")
