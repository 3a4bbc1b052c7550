"""The `zampa` command: starts each process as a module of its own, so that nothing is loaded that it does not need."""

from __future__ import annotations

import os
import sys

COMMANDS = {
    "up": ("zampa.entrance.machine.up", "everything on one machine: database, web, worker, gateway"),
    "web": ("zampa.entrance", "the control plane: pages and JSON API"),
    "worker": ("zampa.entrance", "jobs, deadlines, and the ledger's sequencer"),
    "gateway": ("zampa.gateway", "the data plane: serves granted calls near the provider's data"),
    "demo": ("zampa.demo", "two departments share real rows, step by step"),
    "enrol": ("zampa.entrance", "one-time links for the first three administrators"),
    "verify": ("zampa.evidence", "check an exported log or an evidence file, offline"),
    "ledger": ("zampa.entrance", "export the ledger"),
    "catalogue": ("zampa.entrance", "bring a classification in from a file"),
    "keys": ("zampa.entrance", "make, show, announce and rotate the installation's keys"),
    "backup": ("zampa.entrance", "copy database, keys and files into one archive"),
    "restore": ("zampa.entrance", "bring an archive back and open a new epoch of the log"),
    "migrate": ("zampa.entrance", "bring the database to this version"),
    "index": ("zampa.entrance", "make this machine's copy of the search index anew"),
    "doctor": ("zampa.entrance", "say what is wrong with this installation and how to mend it"),
}
ITSELF = {"zampa.evidence", "zampa.gateway", "zampa.demo", "zampa.entrance.machine.up"}


def usage() -> str:
    lines = [f"  {name:<10} {help}" for name, (_, help) in COMMANDS.items()]
    return "usage: zampa COMMAND [options]\n\n" + "\n".join(lines) + "\n\nzampa COMMAND --help tells more.\n"


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] in {"-h", "--help", "help"}:
        sys.stdout.write(usage())
        return
    name, rest = sys.argv[1], sys.argv[2:]
    if name not in COMMANDS:
        sys.stderr.write(f"zampa: there is no command '{name}'\n\n{usage()}")
        sys.exit(2)
    module = COMMANDS[name][0]
    arguments = rest if module in ITSELF else [name, *rest]
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606


if __name__ == "__main__":
    main()
