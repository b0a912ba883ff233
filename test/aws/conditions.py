"""The comparisons of a policy: wildcards, and the operators of Condition that this model of IAM knows."""

import re
from collections.abc import Callable, Mapping

Context = Mapping[str, str]


class Unsupported(Exception):
    """The policy says something that this model of IAM does not know."""


def names(patterns: str | list[str], name: str, ignore_case: bool = False) -> bool:
    return any(_like(pattern, name, ignore_case) for pattern in listed(patterns))


def _like(pattern: str, text: str, ignore_case: bool = False) -> bool:
    """Whether a text is like a pattern, in which * stands for any characters and ? for one."""
    if "${" in pattern:
        raise Unsupported(f"the policy variable in {pattern} is not in this model of IAM")
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _equal(pattern: str, text: str) -> bool:
    if "${" in pattern:
        raise Unsupported(f"the policy variable in {pattern} is not in this model of IAM")
    return pattern == text


def _arn_like(pattern: str, arn: str) -> bool:
    """Each of the six parts of an ARN is compared by itself, so that * ends at a colon."""
    wanted, parts = pattern.split(":", 5), arn.split(":", 5)
    return len(wanted) == len(parts) == 6 and all(map(_like, wanted, parts))


def _bool(wanted: str, value: str) -> bool:
    return wanted.lower() == value.lower()


OPERATORS: dict[
    str, tuple[Callable[[str, str], bool], bool]
] = {  # and whether it holds where the key is missing
    "StringEquals": (_equal, False),
    "StringEqualsIfExists": (_equal, True),
    "StringLike": (_like, False),
    "ArnEquals": (_arn_like, False),
    "ArnLike": (_arn_like, False),
    "Bool": (_bool, False),
}


def hold(conditions: Mapping[str, Mapping], context: Context) -> bool:
    """All operators and all keys have to hold, each by one of its values."""
    values = {key.lower(): value for key, value in context.items()}
    outcomes = []
    for operator, keys in conditions.items():
        if operator not in OPERATORS:
            raise Unsupported(f"the operator {operator} is not in this model of IAM")
        compare, if_missing = OPERATORS[operator]
        for key, wanted in keys.items():
            value = values.get(key.lower())
            known = [compare(_text(one), value or "") for one in listed(wanted)]
            outcomes.append(if_missing if value is None else any(known))
    return all(outcomes)


def _text(value: str | bool | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def listed(value) -> list:
    return value if isinstance(value, list) else [value]
