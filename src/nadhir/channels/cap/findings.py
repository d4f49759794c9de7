"""What the judge of CAP messages says: a rule's name, how bad it is, and the place."""

from __future__ import annotations

from typing import Literal

import msgspec

from nadhir.channels.cap.parsing import Element, place

Severity = Literal["error", "warning"]


class Finding(msgspec.Struct, frozen=True):
    """One rule that does not hold, and where: the line in the file and the XPath within the alert."""

    rule: str
    severity: Severity
    message: str
    line: int
    path: str


class RefusedError(ValueError):
    """A message that cannot be taken as it is; the findings say why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(f"{finding.rule} at {finding.path}: {finding.message}" for finding in findings))
        self.findings = findings


def found(rule: str, at: Element, alert: Element, message: str, severity: Severity = "error") -> Finding:
    """A finding at an element of an alert."""
    return Finding(rule, severity, message, at.sourceline or 0, place(at, alert))
