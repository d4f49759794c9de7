"""Common Alerting Protocol 1.2 (OASIS): messages as typed structs, the rules that make one valid, polygons, signatures.

In: `read` makes an `Alert` of bytes, `judge` says what is wrong with anyone's (`Judged`, `Finding`, `Trust`). Out:
`compose` makes the `Alert` of a warning from its texts (`CapText`) and polygons (`Outlines`, `cover`), valid until
`expires_of`; `sign` makes its signed bytes, `write` unsigned ones. `verify` believes pinned certificates only. Nothing
is `Actual` without an `Enrolment`.
"""

from nadhir.channels.cap.check import Judged, Judgement, Trust, judge
from nadhir.channels.cap.codec import read, read_element, write, write_element
from nadhir.channels.cap.compose import NothingToEndError, compose, expires_of
from nadhir.channels.cap.findings import Finding, RefusedError
from nadhir.channels.cap.model import Alert, Area, CapText, Enrolment, Info, Publisher, Reference
from nadhir.channels.cap.parsing import UnreadableError
from nadhir.channels.cap.polygons import Outlines, cover, overshoot, rings
from nadhir.channels.cap.signing import (
    NotEnrolledError,
    SignatureError,
    Signer,
    load_certificates,
    load_signer,
    sign,
    verify,
)

__all__ = [
    "Alert",
    "Area",
    "CapText",
    "Enrolment",
    "Finding",
    "Info",
    "Judged",
    "Judgement",
    "NotEnrolledError",
    "NothingToEndError",
    "Outlines",
    "Publisher",
    "Reference",
    "RefusedError",
    "SignatureError",
    "Signer",
    "Trust",
    "UnreadableError",
    "compose",
    "cover",
    "expires_of",
    "judge",
    "load_certificates",
    "load_signer",
    "overshoot",
    "read",
    "read_element",
    "rings",
    "sign",
    "verify",
    "write",
    "write_element",
]
