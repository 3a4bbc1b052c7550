import pytest

from zampa.ground.errors import NotValid
from zampa.index.entries import ANYBODY
from zampa.index.searching import suggest
from zampa.index.tests.shelf import entry, found, shelf


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return shelf(tmp_path_factory.mktemp("index"))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("常住人口", "常住人口基本信息"),
        ("人口 常住", "常住人口基本信息"),
        ("住人", "常住人口基本信息"),  # part of two words
        ("changzhu renkou", "常住人口基本信息"),
        ("canzurenkou", "常住人口基本信息"),  # as many say it
        ("czrk", "常住人口基本信息"),
        ("101/0001", "常住人口基本信息"),
        ("1010001", "常住人口基本信息"),
        ("302", "企业登记信息"),
        ("མི་འབོར", "常住人口基本信息"),
        ("མིའི་འབོར།", "常住人口基本信息"),  # with a particle leaning on it
        ("信用代码", "企业登记信息"),  # an item's name
        ("gdp", "企业登记信息"),
        ("社会保障厅", "社会保险参保信息"),  # the department
        ("canbao", "社会保险参保信息"),
        ("企业等级", "企业登记信息"),  # sounds like it
        ("社会保险 参保 名单", "社会保险参保信息"),  # one word of three is not there
        ("流动人口信息", "流动人口信息"),
    ],
)
def test_it_is_found_however_it_is_typed(copy, text, first):
    hits = found(copy, text).ids
    assert hits and hits[0] == first


def test_strict_hits_are_told_apart_from_loose_ones(copy):
    told = found(copy, "常住人口")
    assert (told.strict, told.count) == (1, 2)
    assert found(copy, "没有这种东西").count == 0


@pytest.mark.parametrize("text", ['"', "a AND (", "name:x", "*", "' OR 1=1 --", "\x00", "[1 TO", "人口^9", "~" * 300])
def test_nothing_typed_is_a_command(copy, text):
    found(copy, text)


def test_facets_count_all_hits_and_a_chosen_one_still_shows_its_neighbours(copy):
    told = found(copy, "信息", chosen={"department": ["公安厅"]})
    assert told.count == 2 and dict(told.facets["class"]) == {"101": 2}
    assert dict(told.facets["department"])["市场监督管理局"] == 1
    assert found(copy, "", chosen={"department": ["公安厅", "市场监督管理局"]}).count == 3


def test_what_may_not_be_seen_is_neither_found_nor_counted_nor_suggested(tmp_path):
    copy = shelf(tmp_path, entry("常住人口基本信息"), entry("流动人口信息", seen=("d1",)))
    told = found(copy, "人口", "all")
    assert told.count == 1 and dict(told.facets["department"]) == {"公安厅": 1}
    assert found(copy, "人口", "all", "d1").count == 2 and found(copy, "人口", ANYBODY).count == 2
    assert found(copy, "人口", "d2").count == 0 and found(copy, "人口", "").count == 0
    assert suggest(copy.view(), "人口", ["all"]) == ["常住人口基本信息"]


def test_sorted_and_paged(tmp_path):
    copy = shelf(
        tmp_path,
        *[entry(f"人口{n:02}", id=str(n), published=n, changed=100 - n, name_key=chr(97 + n)) for n in range(20)],
    )
    assert found(copy, "人口", sort="published", limit=3).ids == ["19", "18", "17"]
    assert found(copy, "人口", sort="changed", limit=2, offset=1).ids == ["1", "2"]
    assert found(copy, "", sort="name", limit=2).ids == ["0", "1"]
    assert found(copy, "人口", since=17).count == 2
    with pytest.raises(NotValid):
        found(copy, "人口", offset=10_000)
    with pytest.raises(NotValid):
        found(copy, "人口", chosen={"stamp": ["1"]})


@pytest.mark.parametrize(
    ("typed", "first"),
    [("常", "常住人口基本信息"), ("changz", "常住人口基本信息"), ("qiyed", "企业登记信息"), ("sh", "社会保险参保信息"),
     ("ཁེ་ལ", "企业登记信息"), ("303/", "社会保险参保信息")],
)  # fmt: skip
def test_suggestions_while_typing(copy, typed, first):
    assert suggest(copy.view(), typed, ["all"])[0] == first
    assert suggest(copy.view(), "", ["all"]) == []
