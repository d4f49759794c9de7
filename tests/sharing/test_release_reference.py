"""Random policies and records, against a reference that shares no code with what it judges."""

from __future__ import annotations

import operator
import random
from typing import Any

import msgspec
import pytest
from release_cases import LAUNCH_AREA, NOW, PARENT, SENSOR, as_bytes, exact_numbers, exact_times, record

from nadhir.model import Label, Record
from nadhir.sharing.floor import Recipient
from nadhir.sharing.release import Releases
from nadhir.sharing.release_policies import parse_policies

KINDS = ["detection", "track", "launch", "impact", "assessment", "warning"]
LEVELS = ["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"]
CODES = ["JPN", "USA", "AUS"]
MODES = ["exercise", "live", "replay"]
FORM = {"coarsen_m": [500, 5000, 25000.5], "coarsen_s": [2, 10.5], "delay_s": [5, 30], "thin_s": [1, 10]}
STRINGS = {
    "resource.region": ("region", ["KR-11", "JP-13", "US"]),
    "resource.object_class": ("object_class", ["short-range", "space-launch", "other"]),
    "resource.phase": ("phase", ["boost", "coast", "reentry"]),
    "resource.owner": ("owner", ["KOR", "USA"]),
    "resource.kind": ("kind", KINDS),
    "resource.mode": ("mode", MODES),
    "resource.label.classification": ("classification", LEVELS),
    "context.own_mode": ("own_mode", MODES),
    "context.partner_mode": ("partner_mode", MODES),
}
COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
OPTIONAL = ("region", "object_class", "phase")
NUMBERS = {
    "resource.age_s": ("age_s", [-5, 0, 3, 5, 6, 60]),
    "context.time": ("time", [int(NOW) - 1, int(NOW), int(NOW) + 9]),
}


def made_up_condition(rng: random.Random) -> dict[str, Any]:
    draw = rng.random()
    if draw < 0.35:
        path, (name, values) = rng.choice(list(NUMBERS.items()))
        return {
            "path": path,
            "name": name,
            "op": rng.choice(["<", "<=", ">", ">=", "==", "!="]),
            "value": rng.choice(values),
        }
    if draw < 0.45:
        return {
            "path": "resource.label.releasable_to",
            "name": "releasable_to",
            "op": "contains",
            "value": rng.choice(CODES),
        }
    path, (name, values) = rng.choice(list(STRINGS.items()))
    if rng.random() < 0.4:
        return {"path": path, "name": name, "op": "among", "value": rng.sample(values, min(2, len(values)))}
    return {"path": path, "name": name, "op": rng.choice(["==", "!="]), "value": rng.choice(values)}


def made_up_policy(rng: random.Random, name: str) -> dict[str, Any]:
    forbid = rng.random() < 0.1
    form: dict[str, Any] = {} if forbid else {key: rng.choice(FORM[key]) for key in FORM if rng.random() < 0.2}
    rights = [right for right in ("launch-point", "sensor-positions") if not forbid and rng.random() < 0.75]
    return {
        "id": name,
        "effect": "forbid" if forbid else "permit",
        "partner": rng.choice(CODES) if rng.random() < 0.3 else None,
        "kinds": rng.sample(KINDS, rng.randint(1, 4)) if rng.random() < 0.5 else None,
        "clauses": [
            {
                "word": "when" if rng.random() < 0.7 else "unless",
                "all": [made_up_condition(rng) for _ in range(rng.randint(1, 2))],
            }
            for _ in range(rng.choice([0, 0, 1, 1, 2]) if not forbid else rng.choice([1, 2]))
        ],
        "form": form,
        "rights": rights,
    }


def quoted(value: Any) -> str:
    return (
        f'"{value}"'
        if isinstance(value, str)
        else f"[{', '.join(map(quoted, value))}]"
        if isinstance(value, list)
        else str(value)
    )


def condition_text(condition: dict[str, Any]) -> str:
    path, op, value = condition["path"], condition["op"], condition["value"]
    if op == "contains":
        return f"{path}.contains({quoted(value)})"
    text = f"{quoted(value)}.contains({path})" if op == "among" else f"{path} {op} {quoted(value)}"
    return f"(resource has {condition['name']} && {text})" if condition["name"] in OPTIONAL else text


def policy_text(policy: dict[str, Any]) -> str:
    lines = [f'@id("{policy["id"]}")'] + [f'@{key}("{value}")' for key, value in policy["form"].items()]
    if policy["rights"]:
        lines.append(f'@with("{", ".join(policy["rights"])}")')
    principal = f'principal == Partner::"{policy["partner"]}"' if policy["partner"] else "principal"
    action = "action"
    if policy["kinds"]:
        action = "action in [" + ", ".join(f'Action::"release-{kind}"' for kind in policy["kinds"]) + "]"
    clauses = [
        f"{clause['word']} {{ {' && '.join(map(condition_text, clause['all']))} }}" for clause in policy["clauses"]
    ]
    return "\n".join([*lines, f"{policy['effect']} ({principal}, {action}, resource)", *clauses]) + ";"


def holds(condition: dict[str, Any], facts: dict[str, Any]) -> bool:
    value, wanted, op = facts.get(condition["name"]), condition["value"], condition["op"]
    if op == "contains":
        return wanted in value
    if value is None:
        return False
    if op == "among":
        return value in wanted
    return bool(COMPARISONS[op](value, wanted))


def speaks(policy: dict[str, Any], partner: str, facts: dict[str, Any]) -> bool:
    if policy["partner"] not in (None, partner) or (policy["kinds"] and facts["kind"] not in policy["kinds"]):
        return False
    return all(
        all(holds(condition, facts) for condition in clause["all"]) == (clause["word"] == "when")
        for clause in policy["clauses"]
    )


def reference(
    policies: list[dict[str, Any]], item: dict[str, Any], partner: str, partners: dict[str, dict[str, Any]], mode: str
) -> dict[str, Any] | None:
    """The form in which a record goes, or null; from the record as plain data."""
    known = partners.get(partner)
    label, content = item["label"], item["body"]
    if known is None or known["revoked"]:
        return None
    if item["owner"] != "KOR" or mode == "replay" or {item["mode"], content.get("mode", mode), known["mode"]} != {mode}:
        return None
    if label["releasable_to"] and partner not in label["releasable_to"]:
        return None
    if LEVELS.index(label["classification"]) > LEVELS.index(known["ceiling"]):
        return None
    facts = {
        "kind": item["kind"],
        "owner": item["owner"],
        "mode": item["mode"],
        "classification": label["classification"],
        "releasable_to": label["releasable_to"],
        "region": item["region"],
        "object_class": item["object_class"],
        "phase": content.get("phase"),
        "age_s": int((NOW - item["time"]) // 1),
        "own_mode": mode,
        "partner_mode": known["mode"],
        "time": int(NOW),
    }
    speaking = [policy for policy in policies if speaks(policy, partner, facts)]
    if not speaking or any(policy["effect"] == "forbid" for policy in speaking):
        return None
    form = {key: max(float(policy["form"].get(key, 0)) for policy in speaking) for key in FORM}
    rights = {right for right in ("launch-point", "sensor-positions") if all(right in p["rights"] for p in speaking)}
    if item["kind"] == "launch" and "launch-point" not in rights:
        return None
    if item["kind"] == "detection" and ("sensor-positions" not in rights or form["coarsen_m"] or form["coarsen_s"]):
        return None
    return form | {"rights": rights}


def made_up_record(rng: random.Random, mode: str) -> Record:
    other = 0.06
    listed = tuple(rng.sample(CODES, rng.randint(1, 3))) if rng.random() < 0.12 else ()
    level = rng.choices(LEVELS, [16, 3, 2, 1])[0]
    return record(
        rng.choice(KINDS),
        rng,
        owner="USA" if rng.random() < other else "KOR",
        mode=rng.choice(MODES) if rng.random() < other else mode,
        time=NOW - rng.choice([0.5, 3.0, 4.99, 5.0, 5.01, 59.5, 60.0, 300.7, -4.5]),
        label=Label("NADHIR", level, listed),  # type: ignore[arg-type]
        region=rng.choice([None, "KR-11", "JP-13", "US"]),
        object_class=rng.choice([None, "short-range", "space-launch", "other"]),
        derived_from=PARENT,
    )


def withheld(item: Record, form: dict[str, Any]) -> list[bytes]:
    """What must not stand in the bytes of a record that goes in a form."""
    secret = [PARENT.encode()]
    if "sensor-positions" not in form["rights"]:
        secret.append(SENSOR.encode())
    if "launch-point" not in form["rights"]:
        secret.append(LAUNCH_AREA.encode())
    if form["coarsen_m"] and item.kind != "warning":
        secret += [as_bytes(number) for number in exact_numbers(item.body)]
    if form["coarsen_s"]:
        secret += [as_bytes(number) for number in (*exact_times(item.body), item.issued)]
    return secret


def compare(cases: int, seed: int) -> float:
    """Runs random cases against the reference; the share of them that released."""
    rng = random.Random(seed)
    released = 0
    for _ in range(cases):
        mode = rng.choices(MODES, [10, 4, 0.3])[0]
        partners = {
            code: {
                "mode": rng.choice(MODES) if rng.random() < 0.05 else mode,
                "ceiling": rng.choices(LEVELS, [1, 1, 2, 3])[0],
                "revoked": rng.random() < 0.06,
            }
            for code in CODES
            if rng.random() < 0.97
        }
        policies = [made_up_policy(rng, f"p{number}") for number in range(rng.randint(1, 6))]
        item, partner = made_up_record(rng, mode), rng.choice(CODES)
        text = "\n".join(map(policy_text, policies))
        releases = Releases(
            parse_policies({"made-up.cedar": text}),
            owner="KOR",
            mode=mode,  # type: ignore[arg-type]
            recipients={code: Recipient(code, **facts) for code, facts in partners.items()},
        )
        ruling = releases.decide(item, partner, NOW)
        expected = reference(policies, msgspec.to_builtins(item), partner, partners, mode)
        assert ruling.decision.released == (expected is not None), (text, item, partner, partners, ruling.decision)
        assert (ruling.outgoing is None) == (expected is None)
        if expected is None:
            continue
        released += 1
        assert ruling.decision.form is not None
        assert msgspec.structs.asdict(ruling.decision.form) == expected, text
        assert ruling.outgoing is not None
        sent = msgspec.msgpack.encode(ruling.outgoing)
        leaked = [secret for secret in withheld(item, expected) if secret in sent]
        assert not leaked, (leaked, text, ruling.outgoing)
    return released / cases


def test_random_policies_and_records() -> None:
    assert compare(500, seed=1) >= 0.3


@pytest.mark.slow
def test_ten_thousand_random_policies_and_records() -> None:
    assert compare(10_000, seed=2) >= 0.3
