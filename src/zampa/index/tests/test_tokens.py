import pytest

from zampa.index import chinese, pinyin, tibetan
from zampa.index.entries import codes_of, cut, letters_of
from zampa.index.parsing import read
from zampa.index.scripts import plain, runs, whole


def test_chinese_words_parts_of_words_and_single_characters():
    tokens = cut("港北区林业局").general
    assert {"港北区", "林业局", "林业", "业局", "区林", "局"} <= set(tokens)
    assert "保障厅" in chinese.inside("社会保障厅") or "保障" in chinese.inside("社会保障厅")


@pytest.mark.parametrize(
    ("run", "parts"),
    [
        ("བོད་ལྗོངས་ཀྱི།", ["བོད", "ལྗོངས", "ཀྱི"]),
        ("ངའི་མིང་", ["ང", "མིང"]),  # the leaning particle is no part of the word
        ("མི་འབོར", ["མི", "འབོར"]),
        ("༄༅། །", []),
    ],
)
def test_tibetan_is_cut_at_tshegs(run, parts):
    assert tibetan.syllables(run) == parts


def test_a_tsheg_that_does_not_break_is_an_ordinary_one():
    assert tibetan.tokens(plain("མི\u0f0cའབོར")) == ["མི", "འབོར", "མི་འབོར"]


def test_particles_say_nothing_unless_there_is_nothing_else():
    assert tibetan.telling(["བོད", "ཀྱི"]) == ["བོད"]
    assert tibetan.telling(["ཀྱི"]) == ["ཀྱི"]


def test_every_sound_of_the_language_is_a_syllable():
    assert {"zhuang", "er", "a", "lv", "nve", "xiong"} <= pinyin.SYLLABLES and 400 < len(pinyin.SYLLABLES) < 430


@pytest.mark.parametrize(
    ("letters", "spelled"),
    [
        ("changzhurenkou", (("chang", "zhu", "ren", "kou"), "")),
        ("changzhur", (("chang", "zhu"), "r")),
        ("xian", (("xian",), "")),
        ("lvxing", (("lv", "xing"), "")),
        ("czrk", None),
        ("gdp2020", None),
        ("x" * 500, None),
    ],
)
def test_typed_letters_as_syllables(letters, spelled):
    assert pinyin.typed(letters) == spelled


def test_a_word_is_read_as_a_word():
    assert pinyin.of_run("银行") == ["yin", "hang"] and pinyin.of_run("行政") == ["xing", "zheng"]


def test_sounds_that_are_mixed_up_are_heard_as_one():
    assert pinyin.heard("zhang") == pinyin.heard("zan") and pinyin.heard("ling") == pinyin.heard("nin")
    assert pinyin.initials(["chang", "zhu", "ren", "kou"]) == ["czr", "zrk", "cz", "zr", "rk"]


def test_full_width_letters_are_letters_and_scripts_come_apart():
    assert list(runs(plain("ＧＤＰ统计 མི་འབོར"))) == [("latin", "gdp"), ("han", "统计"), ("bo", "མི་འབོར")]
    assert whole("公安厅（人口） A-1") == "公安厅人口a1"


def test_codes_with_and_without_their_separators():
    assert codes_of(["306002/0009", ""]) == ["306002/0009", "3060020009"]


def test_a_sort_key_as_a_number_sorts_as_the_key():
    keys = ["", "2020 nian", "an quan", "an quan ju", "ban gong", "zu zhi"]
    assert sorted(keys, key=letters_of) == keys


def test_what_is_typed_becomes_words():
    typed = read("公安厅 的 306002/0009 czrk མི་འབོར")
    assert [word.kind for word in typed.words] == ["han", "han", "code", "latin", "bo"]
    assert [word.text for word in typed.words if not word.telling] == ["的"]
    assert read("的").words[0].telling  # all there is
    assert read("!!! --- ***").words == () and len(read("甲 " * 5_000).words) == 1
