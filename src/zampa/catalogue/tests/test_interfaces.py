"""The document of an interface is a valid OpenAPI 3.1 document, and says what the gateway's query language says."""

from __future__ import annotations

import jsonschema
import pytest
from django.test import Client
from django.urls import reverse
from openapi_spec_validator import validate

from zampa.catalogue.rules import interfaces
from zampa.catalogue.rules.interfaces import Described, Interface
from zampa.catalogue.tests.cast import Office, a_source, an_entry, attach, persons, publish
from zampa.identity.models import Person

ITEMS = (
    Described(name="号码", type="text", length=18, nullable=False, key=True), Described(name="limit", type="integer"),
    Described(name="金额", type="decimal", note="万元"), Described(name="比例", type="double"),
    Described(name="日期", type="date"), Described(name="照片", type="binary"), Described(name="附加", type="json"),
    Described(name="时间", type="timestamptz"), Described(name="有效", type="boolean"),
    Described(name="标识", type="uuid"),
)  # fmt: skip
TABLE = Interface(name="人口", abstract="全区人口", version=3, provider="公安厅", items=ITEMS)


@pytest.mark.parametrize(
    "given",
    [
        TABLE,
        Interface(name="n", abstract="", version=1, provider="p", items=(Described(name="a", type="text"),)),
        Interface(name="n", abstract="", version=1, provider="p", table=False, methods=("GET",), response="json"),
        Interface(name="n", abstract="", version=1, provider="p", table=False, methods=("DELETE",)),
    ],
)
def test_it_is_valid(given: Interface) -> None:
    validate(interfaces.document(given))
    assert "curl" in interfaces.example(given)


def test_it_says_what_the_gateway_takes_and_answers() -> None:
    made = interfaces.document(TABLE)
    names = {one["name"] for one in made["paths"]["/g/{grant}/rows"]["get"]["parameters"]}
    fields = {"号码", "where.limit", "金额", "比例", "日期", "时间", "有效", "标识"}
    assert names == {"fields", "sort", "limit", "after", "format"} | fields
    row = {"$ref": "#/components/schemas/Rows", "components": made["components"]}
    good = {"号码": "11010519491231002X", "limit": 1, "金额": "1.50", "日期": None, "附加": {"a": 1}}
    right = {"rows": [good], "next": None}
    jsonschema.validate(right, row)
    for wrong in ({"号码": None}, {"limit": "1"}, {"金额": 1.5}, {"号码": "1" * 19}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**right, "rows": [wrong]}, row)
    assert set(made["paths"]["/g/{grant}/verify"]["post"]["responses"]) == {"200", "default"}


@pytest.mark.django_db
def test_its_page_and_its_file(provider_database: str) -> None:
    office = Office()
    persons(provider_database)
    source = a_source(office, provider_database)
    entry = publish(office, an_entry(office, source))
    client = Client()
    client.force_login(
        Person.objects.get(pk=office.editor.id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    shown, file = (reverse(f"catalogue:{name}", args=[entry.pk]) for name in ("interface", "openapi"))
    assert client.get(shown).status_code == 404  # nothing is attached yet
    attach(office, entry, source)
    assert "/g/{grant}/rows" in client.get(shown).content.decode()
    for address in (file, f"/api/catalogue/resources/{entry.pk}/openapi"):
        made = client.get(address).json()
        validate(made)
        fields = set(made["components"]["schemas"]["Row"]["properties"])
        assert fields == set(entry.items.values_list("name", flat=True))
