"""`publishing.toml`: who speaks, in which languages, by which keys and channels; read once at start.

`[exercise]` and `[live]` are tables with keys and channels of their own; a node uses that of its mode. `[live]` needs
an enrolment (`nadhir.node.enrolment`) and a sign-off of the texts. Paths are relative to the file; unknown keys are
errors. docs/publishing.md shows a whole file.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from nadhir.alerts import Rules
from nadhir.alerts.people import Desk
from nadhir.channels.cap import Enrolment as CapEnrolment
from nadhir.channels.cap import Outlines, load_signer
from nadhir.channels.cap import Publisher as Sender
from nadhir.channels.feed import AtomFeed
from nadhir.channels.port import Channel
from nadhir.channels.tak import TakServer, tls_context
from nadhir.channels.text import LANGUAGES, Language, Voice, read_sign_off, reviewed_languages
from nadhir.channels.webhook import Webhook
from nadhir.geo.areas import AreaMap
from nadhir.model import Mode
from nadhir.node.enrolment import Enrolled
from nadhir.node.publishing import FeedAddress, Press, Publisher, Side
from nadhir.node.toml import ConfigError, read_toml
from nadhir.sharing.keys import KeyFileError, NodeKey, read_private


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class FeedSection(_Section, frozen=True):
    """Where the feed is served, and the address under which readers reach it."""

    address: str
    title: str
    author: str
    host: str = "127.0.0.1"
    port: int = 8090


class WebhookSection(_Section, frozen=True):
    """One address; `secret` is a file of at least 24 bytes that only its owner may read."""

    name: str
    url: str
    secret: Path


class TakSection(_Section, frozen=True):
    """One TAK server; mutual TLS where `authority`, `certificate` and `key` (PEM) are given."""

    name: str
    host: str
    port: int
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class SideSection(_Section, frozen=True):
    """Keys and channels of one side. `key` and `certificate` sign CAP (ECDSA P-256, PEM), `acts_key` what operators do
    (Ed25519, PEM)."""

    sender: str
    key: Path
    certificate: Path
    acts_key: Path
    operators: frozenset[str] = frozenset()
    feed: FeedSection | None = None
    webhook: tuple[WebhookSection, ...] = ()
    tak: tuple[TakSection, ...] = ()


class LiveSection(SideSection, frozen=True, kw_only=True):
    """The live side's: with the sign-off of the texts."""

    sign_off: Path


class PublishingConfig(_Section, frozen=True):
    """All of publishing.toml."""

    exercise: SideSection | None = None
    live: LiveSection | None = None
    languages: tuple[Language, ...] = LANGUAGES
    names: dict[Language, str] = {}
    """Who says so, in each language."""
    web: str | None = None
    contact: str | None = None


def read_publishing(path: Path) -> PublishingConfig:
    """Read a publishing.toml; relative paths become paths from its folder. Raises ConfigError."""
    return read_toml(path, PublishingConfig)


def make_publisher(
    config: PublishingConfig,
    mode: Mode,
    folder: Path,
    rules: Rules,
    areas: AreaMap,
    clock: Callable[[], float] = time.time,
    enrolled: Enrolled | None = None,
) -> Publisher:
    """The publisher of a configuration for a mode, which keeps its files in a folder of its own in `folder`.

    Live needs the node's enrolment. Raises ConfigError.
    """
    section = config.live if mode == "live" else config.exercise
    if section is None:
        raise ConfigError(f"publishing: there is no [{mode}], and the node is in mode {mode}")
    try:
        return Publisher(_side(mode, config, section, folder, rules, areas, clock, enrolled))
    except (OSError, ValueError, PermissionError, KeyFileError, ssl.SSLError) as error:
        raise ConfigError(str(error)) from None


def live_certificate(config: PublishingConfig) -> str:
    """SHA-256 of the certificate that signs live CAP, for an enrolment; empty where nothing live is published.

    Raises ConfigError.
    """
    if config.live is None:
        return ""
    try:
        return load_signer(config.live.key, config.live.certificate).fingerprint
    except (OSError, ValueError) as error:
        raise ConfigError(str(error)) from None


def _side(
    mode: Mode,
    config: PublishingConfig,
    section: SideSection,
    folder: Path,
    rules: Rules,
    areas: AreaMap,
    clock: Callable[[], float],
    enrolled: Enrolled | None,
) -> Side:
    signer = load_signer(section.key, section.certificate)
    acts_key = NodeKey.load(section.acts_key)
    reviewed: frozenset[Language] = frozenset()
    enrolment, consent = None, None
    if isinstance(section, LiveSection) and enrolled is not None:
        reviewed = reviewed_languages(read_sign_off(section.sign_off))
        enrolment = enrolled.enrolment
        if enrolment.certificate != signer.fingerprint:
            raise ConfigError(
                f"the enrolment is for another certificate than {section.certificate}: request one for this"
            )
        consent = CapEnrolment(enrolment.authority, section.sender, signer.fingerprint)
    desk = Desk(
        mode,
        rules,
        areas.areas,
        section.operators,
        lambda _operator, act: acts_key.sign(act),
        enrolment,
        lambda shown: enrolled is not None and enrolled.holds,
        tuple(sorted(reviewed)),
    )
    voice = Voice(config.names, enrolment is not None, reviewed)
    sender = Sender(section.sender, config.web, config.contact)
    outlines = Outlines({code: area.geometry for code, area in areas.areas.items()})
    press = Press(config.languages, voice, sender, signer, outlines, consent)
    own = folder / mode
    channels: list[Channel] = []
    served = None
    if (feed := section.feed) is not None:
        served = FeedAddress(
            AtomFeed("feed", mode, own / "feed", feed.address, feed.title, feed.author, config.languages, clock),
            feed.host,
            feed.port,
        )
        channels.append(served.feed)
    channels += [Webhook(hook.name, mode, hook.url, read_private(hook.secret), clock=clock) for hook in section.webhook]
    channels += [_tak(server, mode, own, clock) for server in section.tak]
    return Side(desk, press, channels, own, clock, served=served)


def _tak(section: TakSection, mode: Mode, folder: Path, clock: Callable[[], float]) -> TakServer:
    tls = None
    if section.authority and section.certificate and section.key:
        tls = tls_context(section.authority, section.certificate, section.key)
    elif section.authority or section.certificate or section.key:
        raise ConfigError(f"tak {section.name}: TLS needs authority, certificate and key, all three")
    state = folder / f"tak-{section.name}.json"
    return TakServer(section.name, mode, section.host, section.port, state, tls, clock=clock)
