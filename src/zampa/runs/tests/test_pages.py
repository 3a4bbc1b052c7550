"""Pages and JSON of runs, asked by Django's test client as each of the people concerned."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from zampa.ledger.models import Record
from zampa.runs import acts
from zampa.runs.models import Run
from zampa.runs.tests.story import House, Story

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGES = ("runs:run", "runs:progress", "runs:quarantine")


def client_of(house: House, post: str) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    client.force_login(house.people[post], backend=BACKEND)
    return client


@pytest.fixture
def run(story: Story) -> Run:
    made = story.start()
    done = acts.perform_run(made.pk)
    assert done is not None and done.state == "done"
    return done


def test_the_provider_reads_values_and_each_look_is_entered(story: Story, run: Run) -> None:
    page = client_of(story.police, "editor").get(reverse("runs:quarantine", args=[run.pk]))
    text = page.content.decode()
    assert page.status_code == 200 and "54010219500101001Z" in text and "公民身份号码不成立" in text
    assert "no-store" in page["Cache-Control"]
    assert Record.objects.filter(event="runs:quarantine:read").count() == 1


def test_the_requester_sees_counts_and_reasons_and_no_value(story: Story, run: Run) -> None:
    client = client_of(story.social, "editor")
    for name in PAGES:
        text = client.get(reverse(name, args=[run.pk])).content.decode()
        assert "54010219500101001Z" not in text
    assert "公民身份号码不成立" in client.get(reverse("runs:quarantine", args=[run.pk])).content.decode()
    shown = client.get(reverse("runs:run", args=[run.pk])).content.decode()
    assert run.digest_stored in shown and "一致" in shown
    assert not Record.objects.filter(event="runs:quarantine:read").exists()


@pytest.mark.parametrize("name", PAGES)
def test_others_do_not_learn_that_it_exists(story: Story, run: Run, name: str) -> None:
    assert client_of(story.stranger, "editor").get(reverse(name, args=[run.pk])).status_code == 404
    assert Client().get(reverse(name, args=[run.pk])).status_code == 302


def test_the_list_is_each_departments_own(story: Story, run: Run) -> None:
    assert "常住人口基本信息" in client_of(story.social, "editor").get(reverse("runs:runs")).content.decode()
    assert "常住人口基本信息" not in client_of(story.stranger, "editor").get(reverse("runs:runs")).content.decode()


def test_progress_moves_until_the_run_is_over(story: Story) -> None:
    waiting = story.start()
    client = client_of(story.social, "editor")
    page = client.get(reverse("runs:progress", args=[waiting.pk]))
    assert "every 2s" in page.content.decode() and "HX-Refresh" not in page
    client.post(reverse("runs:cancel", args=[waiting.pk]))
    page = client.get(reverse("runs:progress", args=[waiting.pk]))
    assert "every 2s" not in page.content.decode() and page["HX-Refresh"] == "true"


def test_replay_from_the_page(story: Story, run: Run) -> None:
    address = reverse("runs:replay", args=[run.pk])
    assert client_of(story.social, "editor").post(address).status_code == 303
    assert Run.objects.count() == 1
    assert client_of(story.police, "editor").post(address).status_code == 303
    assert Run.objects.get(replays=run).state == "waiting"


def test_a_file_comes_as_an_attachment(story: Story) -> None:
    run = acts.perform_run(story.start(story.file_spec("csv")).pk)
    assert run is not None
    address = reverse("runs:file", args=[run.pk, "JF-2026-0001.csv"])
    answer = client_of(story.social, "editor").get(address)
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).decode("utf-8-sig").startswith('"编号"')  # type: ignore[attr-defined]
    assert client_of(story.police, "editor").get(address).status_code == 403


def test_an_end_in_another_network_is_told(story: Story) -> None:
    story.destination.network = "private"
    story.destination.save()
    shown = client_of(story.social, "editor").get(reverse("runs:run", args=[story.start().pk])).content.decode()
    assert "业务专网" in shown


def test_json(story: Story, run: Run) -> None:
    police, social = client_of(story.police, "editor"), client_of(story.social, "editor")
    assert [row["id"] for row in social.get("/api/runs/").json()] == [str(run.pk)]
    assert social.get(f"/api/runs/{run.pk}").json()["digest_stored"] == run.digest_stored
    assert len(police.get(f"/api/runs/{run.pk}/quarantine").json()) == run.rows_bad
    refused = social.get(f"/api/runs/{run.pk}/quarantine")
    assert refused.status_code == 403 and refused.json()["code"] == "runs.quarantine.owner_only"
    assert client_of(story.stranger, "editor").get(f"/api/runs/{run.pk}").status_code == 404
