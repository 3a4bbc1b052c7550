"""Mails that say only that messages wait, sent to a real socket."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_string, policy

import pytest

from zampa.contracts.actors import Subject
from zampa.ground.errors import NotValid, Unavailable
from zampa.identity import acts, queries
from zampa.identity.models import Person
from zampa.identity.tests.cast import a_department, a_person

pytestmark = pytest.mark.django_db


class Postbox(socketserver.StreamRequestHandler):
    """As little of RFC 5321 as one mail needs."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = []
                while (part := self.rfile.readline()) != b".\r\n":
                    text.append(part.decode())
                self.server.mails.append("".join(text))  # type: ignore[attr-defined]
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def postbox() -> Iterator[tuple[str, list[str]]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Postbox) as server:
        server.mails = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}", server.mails  # type: ignore[attr-defined]
        server.shutdown()


@pytest.fixture
def reader() -> Person:
    person = a_person(a_department(), name="旺堆")
    Person.objects.filter(pk=person.pk).update(email="reader@example.org", language="en")
    acts.send_message(
        to_person_ids=[person.pk], code="identity.message.post.editor", subject=Subject("x.y", "1", "人口信息申请")
    )
    return person


def test_a_mail_tells_once_and_names_nothing(reader: Person, postbox: tuple[str, list[str]]) -> None:
    url, mails = postbox
    assert acts.mail_messages(url=url) == 1
    assert acts.mail_messages(url=url) == 0
    mail = message_from_string(mails[0], policy=policy.default)
    assert mail["To"] == "reader@example.org"
    assert "/identity/messages/" in mail.get_content()
    for private in ("人口信息申请", "旺堆", "editor"):
        assert private not in mail.get_content() + mail["Subject"]
    assert queries.unread(queries.actor_of(reader)) == 1


def test_a_silent_server_is_tried_again(reader: Person, postbox: tuple[str, list[str]]) -> None:
    with pytest.raises(Unavailable):
        acts.mail_messages(url="smtp://127.0.0.1:1")
    with pytest.raises(NotValid):
        acts.mail_messages(url="http://127.0.0.1:1")
    assert acts.mail_messages(url=postbox[0]) == 1


def test_read_messages_and_people_without_an_address_get_no_mail(
    reader: Person, postbox: tuple[str, list[str]]
) -> None:
    acts.send_message(to_person_ids=[a_person(reader.department).pk], code="identity.message.post.editor")
    acts.read_messages(by=queries.actor_of(reader))
    assert acts.mail_messages(url=postbox[0]) == 0
