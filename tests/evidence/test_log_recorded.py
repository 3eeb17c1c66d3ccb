"""Every recorded log, against a search for the plain words."""

import re
from collections import Counter
from pathlib import Path

import pytest

from vrrpscope.evidence.logs import read_log
from vrrpscope.evidence.statement import Said

PCAPS = Path(__file__).parents[2] / "pcaps"
OTHERS = frozenset({"pf-1.log"})
"""Logs of ucarp."""

LOGS = sorted(p for p in PCAPS.glob("*/*.log") if p.name not in OTHERS)

IRRELEVANT = re.compile(
    r"""
      Opening\ file | Configuration\ file | Command\ line: | Running\ on | Startup\ complete
    | Starting\ (VRRP|Healthcheck)\ child | Registering | VRRP\ sockpool | NOTICE: | CPU\ usage
    | \(.*\):?\ (setting|removing)\ (VIPs|E-VIPs|Virtual|firewall) | Script\ `.*`\ now\ returning
    | Remove\ a\ zombie | Reload\ (complete|finished) | Restart\ of\ VRRP | \s+\S
    | pid\ \d+\ exited | read\ eventfd | \(.*\):?\ Success\ \w+\ VMAC
    | \(.*\)\ Setting\ unicast\ VRRPv3\ checksum | \S+:\ sending\ gratuitous | \(.*\)\ stop\ preempt
    | \(CORE\)\ Found\ matching\ interface
    | rogue | \(.*\)\ master\ (set|changed) | Cancelling | Deleting
    | \[.*(Refusing\ to\ start\ Virtual\ Router:\ Already\ running|'\w+'\ event|Interface:|
           vrrp_zebra_init)
    """,
    re.VERBOSE,
)
MASTER = re.compile(r"\) Entering MASTER STATE|-> Master\b")
BACKUP = re.compile(r"\) Entering BACKUP STATE|-> Backup\b")
FAULT = re.compile(r"\):? [Ee]ntering FAULT (STATE|state)")
PRIORITY = re.compile(r"Changing effective priority from (\d+) to (\d+)")


def bodies(path):
    """The lines of the daemon without their times: zebra's, in the same file, are not."""
    for line in path.read_text().splitlines():
        if "ZEBRA: " not in line:
            yield re.sub(r"^(\w{3} \w{3} [ \d]\d [\d:.]+ \d{4}: |[\d/]+ [\d:.]+ VRRP: )", "", line)


@pytest.mark.parametrize("path", LOGS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_states_and_priorities_are_those_of_a_plain_search(path):
    log = read_log(str(path))
    text = path.read_text()
    found = Counter(s.state for s in log.of(Said.STATE))
    assert found["MASTER"] == len(MASTER.findall(text))
    assert found["BACKUP"] == len(BACKUP.findall(text))
    assert found["FAULT"] == len(FAULT.findall(text))
    changes = [(str(s.before), str(s.after)) for s in log.of(Said.PRIORITY) if s.before]
    assert changes == PRIORITY.findall(text)
    assert len(log.of(Said.TIMEOUT)) == len(
        re.findall(r"Receive advertisement timeout|Master_Down_Timer expired", text)
    )
    assert all(s.time_ns is not None for s in log.statements)
    assert (log.dated, log.zoned, log.resolution_ns) == (True, False, 1_000_000_000)
    assert log.notes == ()


@pytest.mark.parametrize("path", LOGS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_what_is_not_understood_is_irrelevant(path):
    log = read_log(str(path))
    understood = {s.line.line for s in log.statements}
    numbers = [n for n, text in enumerate(log.texts, 1) if "ZEBRA: " not in text]
    missed = [
        body
        for body, number in zip(bodies(path), numbers, strict=True)
        if number not in understood and not IRRELEVANT.match(body)
    ]
    assert missed == []
    assert len(numbers) >= log.read > 0
