"""The door: what bears a word or marking of a state secret is refused, with every place named. Nobody overrides it; an
authority may only change the list, which is an act of its own in the ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.catalogue import queries, rules
from zampa.catalogue.events import Event
from zampa.catalogue.models import Resource
from zampa.catalogue.models.secrets import SecretWord
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotFound, NotValid
from zampa.ledger.acts import act, enter

TEXTS = ("name", "name_bo", "abstract", "format_note", "conditions", "scope", "opening_conditions")


def words() -> list[str]:
    """What is looked for now: what the product carries and what authorities added."""
    added = SecretWord.objects.filter(withdrawn_at=None).values_list("word", flat=True)
    return list(dict.fromkeys([*rules.CARRIED, *added]))


def added_words() -> list[SecretWord]:
    """The words authorities added that are looked for now."""
    return list(SecretWord.objects.filter(withdrawn_at=None))


def secret_faults(resource: Resource) -> list[Fault]:
    """Every place of an entry that bears one: its texts, its items' names, columns and notes, and the headers and
    comments that the last look at its source found."""
    texts = {name: str(getattr(resource, name)) for name in TEXTS}
    for item in queries.items_of(resource.pk):
        texts[f"items.{item.position}"] = " \n ".join((item.name, item.name_bo, item.column, item.note))
    made = queries.open_attachment(resource.replaces_id or resource.pk)
    for field in made.seen if made else ():
        texts[f"source.{field['name']}"] = f"{field['name']} \n {field.get('comment', '')}"
    return rules.secret_hits(texts, words())


@act
def add_secret_word(*, by: Actor, word: str, reason: str, now: datetime | None = None) -> SecretWord:
    """An authority adds a word; Conflict when it is looked for already."""
    now = now or utc_now()
    rules.may_keep_secrets(by).require()
    faults = [Fault("word", "catalogue.resource.missing")] if len(rules.plain(word)) < 2 else []
    faults += [] if reason.strip() else [Fault("reason", "catalogue.resource.missing_reason")]
    if faults:
        raise NotValid("catalogue.secret.not_valid", faults=faults)
    if rules.plain(word) in {rules.plain(one) for one in words()}:
        raise Conflict("catalogue.secret.known", word=word)
    row = SecretWord.objects.create(
        word=word.strip()[:100], reason=reason.strip()[:300], added_by_name=by.name, added_at=now
    )
    _note(Event.MARKING_ADDED, by, row, reason, now)
    return row


@act
def withdraw_secret_word(*, by: Actor, word_id: UUID | str, reason: str, now: datetime | None = None) -> SecretWord:
    """An authority takes back a word that was added; what the product carries stays."""
    now = now or utc_now()
    rules.may_keep_secrets(by).require()
    if not reason.strip():
        raise NotValid("catalogue.secret.not_valid", faults=[Fault("reason", "catalogue.resource.missing_reason")])
    row = SecretWord.objects.select_for_update().filter(pk=word_id, withdrawn_at=None).first()
    if row is None:
        raise NotFound("catalogue.secret.not_found")
    row.withdrawn_at, row.withdrawn_reason = now, reason.strip()[:300]
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    _note(Event.MARKING_WITHDRAWN, by, row, reason, now)
    return row


def _note(event: Event, by: Actor, row: SecretWord, reason: str, now: datetime) -> None:
    subject = Subject("catalogue.secret_word", str(row.pk), row.word)
    enter(event=event, by=by, subject=subject, facts={"word": row.word, "reason": reason.strip()}, at=now)
