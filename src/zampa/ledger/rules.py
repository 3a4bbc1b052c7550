"""Who reads what a record says (design 4.1): the parties, the provider's authority, the audit administrator."""

from __future__ import annotations

from collections.abc import Collection

from zampa.contracts.actors import Actor, Answer, allowed, refused


def reader_keys(actor: Actor) -> list[str]:
    """The entries of a record's `parties` that open its body to this actor."""
    keys = [f"region:{code}" for code in sorted(actor.governs)]
    return [actor.department, *keys] if actor.department else keys


def reads_all(actor: Actor) -> bool:
    return actor.holds("audit_admin")


def may_read(actor: Actor, parties: Collection[str]) -> Answer:
    """Whether this actor reads the body of a record with these parties, and by which right."""
    if actor.department and actor.department in parties:
        return allowed("ledger.read.party")
    if any(f"region:{code}" in parties for code in actor.governs):
        return allowed("ledger.read.authority")
    if reads_all(actor):
        return allowed("ledger.read.audit")
    return refused("ledger.read.not_a_party")


def may_keep_keys(actor: Actor) -> Answer:
    """The log's keys are the security administrator's, or the operator's at the machine itself."""
    if actor.holds("security_admin") or actor.kind == "system":
        return allowed("ledger.keys.security")
    return refused("ledger.keys.security_only")


def may_delete_bodies(actor: Actor) -> Answer:
    """Retention is carried out by a job, in nobody's name but the system's."""
    return allowed("ledger.retention.job") if actor.kind == "system" else refused("ledger.retention.job_only")


def may_export_bodies(actor: Actor) -> Answer:
    """Everyone exports hashes; what records say leaves the house by the audit administrator's hand only."""
    if actor.holds("audit_admin") or actor.kind == "system":
        return allowed("ledger.export.audit")
    return refused("ledger.export.audit_only")
