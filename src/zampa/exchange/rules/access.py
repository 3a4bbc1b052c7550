"""Who may see and who may do what. The parties, the provider's authority and the audit administrator; nobody else."""

from __future__ import annotations

from zampa.contracts.actors import Actor, Answer, Post, allowed, refused

STAFF: tuple[Post, ...] = ("editor", "sharing_head", "department_head")


def may_see(by: Actor, *, requester: str, provider: str, provider_region: str) -> bool:
    """Design promise 1: the parties, the provider's authority, the audit administrator; and the machinery itself."""
    if by.kind == "system" or by.holds("audit_admin"):
        return True
    if by.department and by.department in (requester, provider):
        return True
    return by.holds("authority") and provider_region in by.governs


def may_draft(by: Actor, requester: str) -> Answer:
    """A request is written by the staff of the department that asks."""
    if by.department != requester or not by.department:
        return refused("exchange.request.not_your_department")
    if not by.holds("editor", "sharing_head"):
        return refused("exchange.request.needs_editor")
    return allowed("exchange.request.editor_may_draft")


def may_sign(by: Actor, requester: str) -> Answer:
    """Order 809 art. 20: the requester's sharing office head signs."""
    if by.department != requester or not by.holds("sharing_head"):
        return refused("exchange.request.needs_requester_head")
    return allowed("exchange.request.head_may_sign")


def may_take_up(by: Actor, provider: str) -> Answer:
    """Preparing the answer is work of the provider's office; deciding is its head's."""
    if by.department != provider or not by.holds("editor", "sharing_head"):
        return refused("exchange.request.needs_provider_staff")
    return allowed("exchange.request.provider_may_prepare")


def may_decide(by: Actor, provider: str) -> Answer:
    """Order 809 art. 20: the reply is signed by the provider's sharing office head."""
    if by.department != provider or not by.holds("sharing_head"):
        return refused("exchange.request.needs_provider_head")
    return allowed("exchange.request.head_may_decide")


def may_hold(by: Actor, provider_region: str) -> Answer:
    """A legal hold is laid and lifted by whoever watches, never by a party of the matter."""
    if by.holds("audit_admin") or (by.holds("authority") and provider_region in by.governs):
        return allowed("exchange.request.watcher_may_hold")
    return refused("exchange.request.needs_auditor")


def may_end_grant(by: Actor, *, provider: str, provider_region: str) -> Answer:
    """Order 809 art. 27: on misuse the provider or the authority suspends access and may end it."""
    if by.kind == "system":
        return allowed("exchange.grant.machinery_may_end")
    if by.department == provider and by.holds("sharing_head"):
        return allowed("exchange.grant.provider_may_end")
    if by.holds("authority") and provider_region in by.governs:
        return allowed("exchange.grant.authority_may_end")
    return refused("exchange.grant.needs_provider_head")


def may_deliver(by: Actor, *, requester: str, provider: str) -> Answer:
    """Either party's staff may start what was granted; the destination was named by the requester."""
    if by.kind == "system":
        return allowed("exchange.delivery.machinery_may_start")
    if by.department in (requester, provider) and by.holds("editor", "sharing_head"):
        return allowed("exchange.delivery.party_may_start")
    return refused("exchange.delivery.needs_party_staff")


def may_run_gateways(by: Actor) -> Answer:
    """Gateways belong to the installation: its system administrator enrols and retires them."""
    if by.kind == "system" or by.holds("system_admin"):
        return allowed("exchange.gateway.admin_may_run")
    return refused("exchange.gateway.needs_system_admin")


def may_see_gateways(by: Actor) -> Answer:
    if by.kind == "system" or by.holds("system_admin", "security_admin", "audit_admin", "authority"):
        return allowed("exchange.gateway.admin_may_see")
    return refused("exchange.gateway.needs_system_admin")
