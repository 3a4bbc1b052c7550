"""A small index of four entries, as a test asks it."""

from __future__ import annotations

from pathlib import Path

from zampa.index.copies import Copy
from zampa.index.entries import Entry, document
from zampa.index.searching import Asked, Found, find

BOOKS = {
    "常住人口基本信息": ("མི་འབོར་གཞི་གྲངས།", "公安厅", "101/0001", "全区常住人口登记", ["姓名", "公民身份号码"]),
    "流动人口信息": ("", "公安厅", "101/0002", "暂住登记", ["姓名", "居住地址"]),
    "企业登记信息": ("ཁེ་ལས་ཐོ་འགོད།", "市场监督管理局", "302/0001", "GDP 统计用", ["企业名称", "统一社会信用代码"]),
    "社会保险参保信息": ("", "人力资源和社会保障厅", "303/0001", "参保人员", ["姓名", "参保日期"]),
}


def entry(name: str, *, seen: tuple[str, ...] = ("all",), stamp: int = 1, **more: object) -> Entry:
    bo, department, code, about, items = BOOKS.get(name, ("", "公安厅", "", "", []))
    values = {
        "id": name, "stamp": stamp, "name": name, "name_bo": bo, "codes": [code], "abstract": about, "items": items,
        "department": [department], "seen": seen, "name_key": name,
        "facets": {"department": [department], "class": [code[:3]], "year": ["2026"]},
    } | more  # fmt: skip
    return Entry(**values)


def shelf(folder: Path, *entries: Entry) -> Copy:
    copy = Copy(folder)
    made = copy.begin(1)
    for one in entries or [entry(name) for name in BOOKS]:
        made.writer.put_new(document(one))
    made.finish(1)
    return copy


def found(copy: Copy, text: str, *seen: str, **more: object) -> Found:
    return find(copy.view(), Asked(text=text, seen=seen or ("all",), **more))
