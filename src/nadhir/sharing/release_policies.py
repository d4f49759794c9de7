"""Release policies: Cedar text with annotations, checked against a schema, asked by the attributes of a record.

Cedar: https://docs.cedarpolicy.com. Policies are read statement by statement, so that every error names its line.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import cedarpy
import msgspec
from cedarpy import pst
from msgspec.structs import replace

from nadhir.model import Label
from nadhir.sharing.release_form import RIGHTS, Form, Right, strictest

SCHEMA = cedarpy.Schema.from_str(
    resources.files("nadhir.sharing").joinpath("policies/release.cedarschema").read_text("utf-8")
)
NUMBERS = ("coarsen_m", "coarsen_s", "delay_s", "thin_s")
ANNOTATIONS = ("id", "note", "with", *NUMBERS)

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|;|\S', re.DOTALL)
_COMPARISONS = {"eq", "not_eq", "less", "less_eq", "greater", "greater_eq"}
_REMEMBERED = 65_536
"""Answers kept: a few hundred bytes each."""


class Question(msgspec.Struct, frozen=True):
    """Everything that policies can look at, for one record and one partner."""

    partner: str
    kind: str
    owner: str
    mode: str
    label: Label
    region: str | None
    object_class: str | None
    phase: str | None
    age_s: int
    own_mode: str
    partner_mode: str
    time: int


class Answer(NamedTuple):
    """What the policies say: the form is null unless they permit; `policies` are the ids of those that spoke."""

    outcome: Literal["permitted", "forbidden", "not-permitted", "failed"]
    policies: tuple[str, ...]
    form: Form | None


class Policy(NamedTuple):
    """One policy, and where it stands."""

    id: str
    place: str
    """File and line."""
    note: str
    form: Form
    tree: pst.Template


class PolicyError(ValueError):
    """Policies that cannot be used. `problems` holds one line each: file, line, what is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Policies:
    """A checked set of policies. Immutable; answers are remembered by what the policies look at."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self.by_id = {policy.id: policy for policy in policies}
        trees = {name: dataclasses.replace(policy.tree, id=name) for name, policy in self.by_id.items()}
        self._set = cedarpy.PolicySet.from_pst(
            pst.PolicySet(templates={}, static_policies=pst.FrozenMap(trees), template_links=())
        )
        self._age_s = _told_apart(trees.values(), "age_s")
        self._time = _told_apart(trees.values(), "time")
        self._remembered = lru_cache(_REMEMBERED)(self.evaluate)

    def ask(self, question: Question) -> Answer:
        """The answer, remembered if the same was asked before. Seconds that no policy tells apart are the same."""
        return self._remembered(self.told_apart(question))

    def told_apart(self, question: Question) -> Question:
        """The question that stands for all that the policies cannot tell from this one."""
        return replace(question, age_s=self._age_s(question.age_s), time=self._time(question.time))

    def evaluate(self, question: Question) -> Answer:
        """The answer by Cedar. A policy that fails while it is evaluated may be a forbid: nothing is permitted then."""
        result = cedarpy.is_authorized(_request(question), self._set, [_resource(question)], SCHEMA)
        if result.diagnostics.errors or result.decision is cedarpy.Decision.NoDecision:
            return Answer("failed", (), None)
        spoke = tuple(sorted(result.diagnostics.reasons))
        if result.allowed:
            return Answer("permitted", spoke, strictest(self.by_id[name].form for name in spoke))
        return Answer("forbidden" if spoke else "not-permitted", spoke, None)

    def partners(self) -> list[str]:
        """The partners that any policy names."""
        trees = {name: policy.tree for name, policy in self.by_id.items()}
        return sorted(uid.id for uid in pst.entity_uids(trees) if str(uid.type) == "Partner")


def read_policies(folder: Path) -> Policies:
    """The policies of every `*.cedar` file in a folder. Raises `PolicyError`."""
    texts = {}
    for path in sorted(folder.glob("*.cedar")):
        try:
            texts[path.name] = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PolicyError([f"{path.name}:1: cannot be read as text: {error}"]) from error
    if not texts:
        raise PolicyError([f"{folder}: holds no *.cedar file; copy default.cedar there to begin with"])
    return parse_policies(texts)


def default_policies() -> str:
    """Text of the policies that a new node begins with."""
    return resources.files("nadhir.sharing").joinpath("policies/default.cedar").read_text("utf-8")


def parse_policies(texts: Mapping[str, str]) -> Policies:
    """Policies from texts by file name. Raises `PolicyError` with every problem found."""
    problems: list[str] = []
    policies: dict[str, Policy] = {}
    for name, text in texts.items():
        for line, statement in _statements(text):
            place = f"{name}:{line}"
            try:
                policy = _policy(statement, place)
            except PolicyError as error:
                problems += error.problems
                continue
            if policy.id in policies:
                problems.append(f'{place}: @id("{policy.id}") is taken by {policies[policy.id].place}')
            policies[policy.id] = policy
    if problems:
        raise PolicyError(problems)
    return Policies(policies.values())


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each statement with the line on which it begins; comments before it are left out."""
    start: int | None = None
    end = 0
    for token in _TOKEN.finditer(text):
        if token[0].startswith("//"):
            continue
        start = token.start() if start is None else start
        end = token.end()
        if token[0] == ";":
            yield text.count("\n", 0, start) + 1, text[start:end]
            start = None
    if start is not None:
        yield text.count("\n", 0, start) + 1, text[start:end]


def _policy(statement: str, place: str) -> Policy:
    try:
        parsed = cedarpy.policies_to_pst(statement)
    except ValueError as error:
        raise PolicyError([f"{place}: {error}"]) from error
    if parsed.templates or len(parsed.static_policies) != 1:
        raise PolicyError([f"{place}: a permit or a forbid without slots is needed here"])
    (tree,) = parsed.static_policies.values()
    checked = cedarpy.validate_policies(statement, SCHEMA)
    problems = [f"{place}: {error.error.removeprefix('for policy `policy0`, ')}" for error in checked.errors]
    name = tree.annotations.get("id", "")
    if not name:
        problems.append(f'{place}: name this policy with @id("…")')
    form, wrong = _form(tree)
    problems += [f"{place}: {what}" for what in wrong]
    if problems:
        raise PolicyError(problems)
    return Policy(name, place, tree.annotations.get("note", ""), form, tree)


def _form(tree: pst.Template) -> tuple[Form, list[str]]:
    """The form that a policy's annotations ask for, and what is wrong with them."""
    wrong = [
        f"@{key} is not known; known are {', '.join(ANNOTATIONS)}" for key in tree.annotations if key not in ANNOTATIONS
    ]
    if tree.effect == "forbid":
        wrong += [f"@{key} has no meaning on a forbid" for key in tree.annotations if key in (*NUMBERS, "with")]
    numbers = dict.fromkeys(NUMBERS, 0.0)
    for key in NUMBERS:
        if (text := tree.annotations.get(key)) is not None:
            numbers[key] = _number(text)
            if not numbers[key] > 0.0:
                wrong.append(f'@{key}("{text}") must be a number above 0')
    rights = (
        {right.strip() for right in tree.annotations.get("with", "").split(",")}
        if "with" in tree.annotations
        else set()
    )
    wrong += [
        f'@with("{right}") is not known; known are {", ".join(sorted(RIGHTS))}' for right in sorted(rights - RIGHTS)
    ]
    return Form(**numbers, rights=frozenset(cast(set[Right], rights))), wrong


def _number(text: str) -> float:
    """The finite number that a text writes out in digits, else 0."""
    return float(text) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text) else 0.0


def _told_apart(trees: Iterable[pst.Template], attribute: str) -> Callable[[int], int]:
    """A function that maps each value of an attribute to one that stands for all that the policies cannot tell from it.

    Where policies only compare the attribute with constants, these cut the integers into the constants themselves and
    the stretches between them. If any policy does more with it, every value stands for itself.
    """
    constants: set[int] = set()
    if not all(_only_compared(clause, attribute, constants) for tree in trees for clause in tree.clauses):
        return lambda value: value
    cuts = sorted(constants)

    def representative(value: int) -> int:
        if not cuts:
            return 0
        place = bisect_right(cuts, value)
        if place == 0:
            return cuts[0] - 1
        return value if cuts[place - 1] == value else cuts[place - 1] + 1

    return representative


def _only_compared(node: object, attribute: str, constants: set[int]) -> bool:
    """Whether a tree uses an attribute in comparisons with constants only; these are added to `constants`."""
    match node:
        case (
            pst.BinaryOp(op=op, left=pst.GetAttr(base=base, attr=name), right=pst.LongLit(value=value))
            | pst.BinaryOp(op=op, left=pst.LongLit(value=value), right=pst.GetAttr(base=base, attr=name))
        ) if op in _COMPARISONS and name == attribute:
            constants.add(value)
            return _only_compared(base, attribute, constants)
        case pst.GetAttr(attr=name) if name == attribute:
            return False
    return all(_only_compared(child, attribute, constants) for child in _children(node))


def _children(node: object) -> Iterator[object]:
    if isinstance(node, Mapping):
        yield from node.values()
    elif isinstance(node, tuple):
        yield from node
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield getattr(node, field.name)


def _request(question: Question) -> dict[str, Any]:
    return {
        "principal": {"type": "Partner", "id": question.partner},
        "action": {"type": "Action", "id": f"release-{question.kind}"},
        "resource": {"type": "Record", "id": question.kind},
        "context": {
            "own_mode": question.own_mode,
            "partner_mode": question.partner_mode,
            "time": question.time,
        },
    }


def _resource(question: Question) -> dict[str, Any]:
    label = question.label
    attributes: dict[str, Any] = {
        "kind": question.kind,
        "owner": question.owner,
        "mode": question.mode,
        "label": {
            "policy": label.policy,
            "classification": label.classification,
            "releasable_to": list(label.releasable_to),
        },
        "age_s": question.age_s,
    }
    for name in ("region", "object_class", "phase"):
        if (value := getattr(question, name)) is not None:
            attributes[name] = value
    return {"uid": {"type": "Record", "id": question.kind}, "attrs": attributes, "parents": []}
