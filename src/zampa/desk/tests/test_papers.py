"""Papers by their bytes."""

import pytest

from zampa.desk import papers
from zampa.ground.errors import NotValid


@pytest.mark.parametrize(
    ("name", "head", "size", "kind"),
    [
        ("批复.pdf", b"%PDF-1.7", 10, "application/pdf"),
        ("照片.JPG", b"\xff\xd8\xff\xe0", 10, "image/jpeg"),
        ("清单.xlsx", b"PK\x03\x04....", 10, papers.TYPES[".xlsx"][0]),
    ],
)
def test_listed_papers(name, head, size, kind):
    assert papers.media_type(name, head, size) == kind


@pytest.mark.parametrize(
    ("name", "head", "size", "code"),
    [
        ("大.pdf", b"%PDF-", papers.LARGEST + 1, "too_large"),
        ("空.pdf", b"", 0, "empty"),
        ("程序.exe", b"MZ", 10, "type_not_listed"),
        ("没有后缀", b"%PDF-", 10, "type_not_listed"),
        ("假.pdf", b"MZ\x90\x00", 10, "not_what_it_says"),
        ("假.png", b"<svg", 10, "not_what_it_says"),
    ],
)
def test_other_papers_are_refused(name, head, size, code):
    with pytest.raises(NotValid) as caught:
        papers.media_type(name, head, size)
    assert caught.value.code == f"desk.paper.{code}"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\文件\\批复.pdf", "批复.pdf"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("", "paper"),
    ],
)
def test_names_are_only_shown(name, safe):
    assert papers.safe_name(name) == safe
