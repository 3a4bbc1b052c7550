"""Who may do what with a run, and what becomes of one that failed. Pure; the reason comes with the answer."""

from __future__ import annotations

from zampa.contracts.actors import Actor, Answer, Post, allowed, refused

STAFF: tuple[Post, ...] = ("editor", "sharing_head", "department_head")
MOST_ATTEMPTS = 5
DELAYS = (10, 60, 300, 900)  # seconds before the second attempt and the following
TRANSIENT = frozenset(
    {
        "connectors.unreachable", "connectors.timeout", "connectors.broken_off", "connectors.busy_server",
        "connectors.busy", "flows.source_changed",
    }
)
SOURCE_CHANGED = frozenset(
    {"connectors.missing_column", "connectors.no_such_table", "connectors.changed_shape", "connectors.type_not_carried"}
)
NETWORK_REFUSALS = frozenset({"connectors.unreachable", "connectors.address_not_allowed"})
CENTRE_NETWORK = "extranet"  # 2017 plan and GB/T 21062: sharing runs on the government extranet
KEPT_DAYS = 30


def may_start(by: Actor, *, requester: str, provider: str) -> Answer:
    """The act that asks has decided already; a run only refuses those who are no party to it."""
    if by.kind == "system" or (by.department and by.department in (requester, provider)):
        return allowed("runs.run.party_may_start")
    return refused("runs.run.not_your_department")


def may_cancel(by: Actor, *, requester: str, provider: str) -> Answer:
    if by.kind == "system":
        return allowed("runs.run.party_may_cancel")
    if by.department not in (requester, provider) or not by.department:
        return refused("runs.run.not_your_department")
    if not by.holds("editor", "sharing_head"):
        return refused("runs.run.needs_staff")
    return allowed("runs.run.party_may_cancel")


def may_read_rows(by: Actor, *, provider: str) -> Answer:
    """Rows kept back are shown to their owner only (design 7, raw rows at the centre)."""
    if not by.department or by.department != provider:
        return refused("runs.quarantine.owner_only")
    if not by.holds(*STAFF):
        return refused("runs.run.needs_staff")
    return allowed("runs.quarantine.owner_may_read")


def may_replay(by: Actor, *, provider: str) -> Answer:
    if not by.department or by.department != provider:
        return refused("runs.quarantine.owner_only")
    if not by.holds("editor", "sharing_head"):
        return refused("runs.run.needs_staff")
    return allowed("runs.quarantine.owner_may_replay")


def may_fetch(by: Actor, *, requester: str) -> Answer:
    """A delivered file goes to the department it was granted to."""
    if not by.department or by.department != requester:
        return refused("runs.file.requester_only")
    if not by.holds(*STAFF):
        return refused("runs.run.needs_staff")
    return allowed("runs.file.requester_may_fetch")


def delay_before_next(code: str, attempt: int) -> int | None:
    """Seconds until the next attempt after the `attempt`-th failed with `code`; None when it is not tried again.

    Only what may pass by itself is tried again: a wrong password or a full disk waits for a person.
    """
    if code not in TRANSIENT or attempt >= MOST_ATTEMPTS:
        return None
    return DELAYS[min(attempt, len(DELAYS)) - 1]


def out_of_reach(networks: dict[str, str]) -> list[str]:
    """The ends ("source", "destination") that lie in a network the centre's workers are not in."""
    return [end for end, network in networks.items() if network and network != CENTRE_NETWORK]
