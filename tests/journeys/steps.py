"""Steps that people take in an installation of a journey, each run as a process of its own in that installation."""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import django

django.setup()

from zampa.catalogue.models import Attachment  # noqa: E402 - models need the settings first
from zampa.census.models import Connection  # noqa: E402
from zampa.exchange.acts import decisions, endings  # noqa: E402
from zampa.exchange.models import Grant  # noqa: E402
from zampa.exchange.rules.grants import GrantTerms  # noqa: E402
from zampa.exchange.tests.story import TERMS, make_story, signed, words  # noqa: E402
from zampa.ground.clock import utc_now  # noqa: E402
from zampa.identity.acts import issue_bearer_key  # noqa: E402
from zampa.identity.models import Person  # noqa: E402
from zampa.identity.queries import actor_of  # noqa: E402
from zampa.identity.tests.cast import a_department  # noqa: E402


def grant(provider: str) -> dict[str, object]:
    """A pass-through call granted to social security, and its key."""
    story = make_story()
    Connection.objects.filter(pk=story.source.pk).update(engine="http", url=provider, host="", sealed_secret="")
    Attachment.objects.filter(pk=story.attachment.pk).update(kind="http", path="/", methods=["GET"], table_ref={})
    request = signed(story, utc_now(), ways=("pass",), calls_per_day=10**6)
    made = decisions.grant_request(
        by=story.police.actor("sharing_head"), request_id=request.pk, decisions=words(request),
        terms=GrantTerms(TERMS.starts_on, TERMS.ends_on, quota_per_day=10**6, rate_per_minute=10**6),
    )  # fmt: skip
    Grant.objects.filter(pk=made.pk).update(starts_at=utc_now() - timedelta(days=1))
    _, secret = issue_bearer_key(
        by=story.social.actor("sharing_head"), system_id=story.system.pk, system_name=story.system.name,
        department_id=story.social.row.pk,
    )  # fmt: skip
    return {"number": made.number, "key": secret}


def revoke(number: str) -> dict[str, object]:
    """The provider's office head ends the grant."""
    found = Grant.objects.get(number=number)
    head = Person.objects.get(department=found.provider, holdings__post="sharing_head")
    endings.revoke_grant(by=actor_of(head), grant_id=found.pk, reason="超范围使用")
    return {}


def more(number: str) -> dict[str, object]:
    """More acts: departments that register, and a second key, for which a new book is issued."""
    for name in ("文化厅", "教育厅", "交通运输厅"):
        a_department(name)
    found = Grant.objects.select_related("system").get(number=number)
    head = Person.objects.get(department=found.requester, holdings__post="sharing_head")
    issue_bearer_key(
        by=actor_of(head), system_id=found.system_id, system_name=found.system.name, department_id=found.requester_id
    )
    return {}


STEPS = {step.__name__: step for step in (grant, revoke, more)}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])) + "\n")
