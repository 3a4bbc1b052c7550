import pytest

from zampa.index.marking import marked
from zampa.index.parsing import read
from zampa.index.spelling import Speller, neighbours
from zampa.index.tests.shelf import entry, shelf


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return shelf(tmp_path_factory.mktemp("index"))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("长住人口", "常住人口"),  # sounds right
        ("社会宝险", "社会保险"),
        ("renkuo", "人口"),  # two letters swapped
        ("changzhurenkuo", "常住人口"),
        ("gpd", "gdp"),
        ("ཁེ་ལམ", "ཁེ་ལས"),
    ],
)
def test_a_slip_is_mended_from_the_words_of_the_index(copy, wrong, right):
    assert next(Speller().proposals(copy.view(), wrong)) == right


@pytest.mark.parametrize("text", ["常住人口", "renkou", "gdp", "", "101/0001", "མི་འབོར", "x" * 199])
def test_what_is_right_or_hopeless_is_left_alone(copy, text):
    assert list(Speller().proposals(copy.view(), text)) == []


def test_new_words_are_learnt(tmp_path):
    speller, copy = Speller(), shelf(tmp_path, entry("常住人口基本信息"))
    assert list(speller.proposals(copy.view(), "气业登记")) == []
    copy = shelf(tmp_path)
    assert next(speller.proposals(copy.view(), "气业登记")) == "企业登记"


def test_one_slip_away():
    near = set(neighbours("ab", "abc"))
    assert {"ba", "b", "a", "cb", "cab", "abc"} <= near and "abcc" not in near


@pytest.mark.parametrize(
    ("text", "query", "pieces"),
    [
        ("常住人口", "人口", [("常住", False), ("人口", True)]),
        ("常住人口", "renkou", [("常住", False), ("人口", True)]),
        ("常住人口", "czr", [("常住人", True), ("口", False)]),
        ("GDP 统计", "gdp", [("GDP", True), (" 统计", False)]),
        ("<b>人口", "人口 b", [("<", False), ("b", True), (">", False), ("人口", True)]),
        ("མི་འབོར", "འབོར", [("མི་", False), ("འབོར", True)]),
        ("无关", "人口", [("无关", False)]),
        ("", "人口", []),
    ],
)  # fmt: skip
def test_what_was_typed_is_marked_in_what_was_found(text, query, pieces):
    assert marked(text, read(query)) == pieces


def test_a_long_text_is_shown_around_its_first_mark():
    pieces = marked("前" * 300 + "人口" + "后" * 300, read("人口"), 60)
    assert ("人口", True) in pieces and pieces[0] == pieces[-1] == ("…", False)
    assert sum(len(text) for text, _ in pieces) == 62
