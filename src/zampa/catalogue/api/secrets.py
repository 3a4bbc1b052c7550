"""The list of words that keep an entry out; authorities keep it."""

from __future__ import annotations

from uuid import UUID

from ninja import Router, Schema, Status

from zampa.catalogue import acts, rules
from zampa.catalogue.api.shapes import ReasonIn, StaffCall
from zampa.catalogue.models.secrets import SecretWord

router = Router()


class WordIn(Schema):
    word: str
    reason: str


class WordOut(Schema):
    id: UUID
    word: str
    reason: str
    added_by_name: str


@router.get("/secret-words", response=list[WordOut])
def secret_words(request: StaffCall) -> list[SecretWord]:
    """The words authorities added; those the product carries are in the handbook."""
    rules.may_keep_secrets(request.actor).require()
    return acts.added_words()


@router.post("/secret-words", response={201: WordOut})
def add(request: StaffCall, given: WordIn) -> Status[SecretWord]:
    """Look for one word more."""
    return Status(201, acts.add_secret_word(by=request.actor, word=given.word, reason=given.reason))


@router.post("/secret-words/{uuid:word_id}/withdraw", response=WordOut)
def withdraw(request: StaffCall, word_id: UUID, given: ReasonIn) -> SecretWord:
    """Look for it no more."""
    return acts.withdraw_secret_word(by=request.actor, word_id=word_id, reason=given.reason)
