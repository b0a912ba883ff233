import pytest

from policy import Decision, Unsupported, decide, decide_for_everybody, decide_trust

ROLE = "arn:aws:iam::123456789012:role/r"


def document(*statements, version="2012-10-17"):
    return {"Version": version, "Statement": list(statements)}


def allow(action="s3:GetObject", resource="arn:aws:s3:::b/*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def ask(*statements, action="s3:GetObject", resource="arn:aws:s3:::b/k", **context):
    return decide([document(*statements)], action, resource, context)


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:GetObject", "arn:aws:s3:::b/*", Decision.ALLOWED),
        ("S3:getobject", "arn:aws:s3:::b/k", Decision.ALLOWED),
        ("s3:Get*", "arn:aws:s3:::?/k", Decision.ALLOWED),
        (["s3:PutObject", "s3:*"], ["arn:aws:s3:::c", "*"], Decision.ALLOWED),
        ("s3:GetObjec", "arn:aws:s3:::b/*", Decision.NOT_ALLOWED),
        ("s3:GetObjectVersion", "arn:aws:s3:::b/*", Decision.NOT_ALLOWED),
        ("s3:GetObject", "arn:aws:s3:::B/*", Decision.NOT_ALLOWED),
        ("s3:GetObject", "arn:aws:s3:::b", Decision.NOT_ALLOWED),
        ("s3:GetObject", "arn:aws:s3:::b/kk", Decision.NOT_ALLOWED),
    ],
)
def test_action_and_resource(action, resource, expected):
    assert ask(allow(action, resource)) is expected


def test_a_deny_wins_wherever_it_stands():
    deny = {**allow(), "Effect": "Deny"}
    assert ask(deny, allow()) is ask(allow(), deny) is Decision.DENIED


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "holds"),
    [
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", ["x", "ab"], "ab", True),
        ("StringEquals", "ab", None, False),
        ("StringEqualsIfExists", "ab", None, True),
        ("StringEqualsIfExists", "ab", "x", False),
        ("StringLike", "repo:o/r:*", "repo:o/r:ref:refs/heads/main", True),
        ("StringLike", "repo:o/r:?", "repo:o/r:", False),
        ("ArnEquals", "arn:aws:codebuild:*:1:project/p", "arn:aws:codebuild:eu-west-1:1:project/p", True),
        ("ArnEquals", "arn:aws:codebuild:*:project/p", "arn:aws:codebuild:eu-west-1:1:project/p", False),
        (
            "ArnLike",
            "arn:aws:codebuild:eu-west-1:1:project/*",
            "arn:aws:codebuild:eu-west-1:1:project/a/b",
            True,
        ),
        ("Bool", "false", "true", False),
        ("Bool", True, "true", True),
    ],
)
def test_conditions(operator, wanted, value, holds):
    context = {} if value is None else {"Some:Key": value}
    decision = ask(allow(Condition={operator: {"some:key": wanted}}), **context)
    assert decision is (Decision.ALLOWED if holds else Decision.NOT_ALLOWED)


def test_all_conditions_have_to_hold():
    conditions = {"StringEquals": {"a:a": "1", "b:b": "2"}, "Bool": {"c:c": "true"}}
    statement = allow(Condition=conditions)
    assert ask(statement, **{"a:a": "1", "b:b": "2", "c:c": "true"}) is Decision.ALLOWED
    for missing in ("a:a", "b:b", "c:c"):
        context = {
            key: value for key, value in {"a:a": "1", "b:b": "2", "c:c": "true"}.items() if key != missing
        }
        assert ask(statement, **context) is Decision.NOT_ALLOWED


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:*", "NotResource": "*"},
        {"Effect": "Maybe", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:*"},
        allow(resource="arn:aws:s3:::${aws:username}/*"),
        allow(Condition={"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}),
        allow(Condition={"ForAllValues:StringEquals": {"a:a": "1"}}),
        allow(Condition={"StringEquals": {"a:a": "${aws:username}"}}),
    ],
)
def test_what_the_model_does_not_know_is_an_error(statement):
    with pytest.raises(Unsupported):
        ask(statement, **{"a:a": "1"})


def test_an_older_version_is_an_error():
    with pytest.raises(Unsupported, match="2008-10-17"):
        decide([document(allow(), version="2008-10-17")], "s3:GetObject", "*", {})


@pytest.mark.parametrize(
    ("principal", "asking", "expected"),
    [
        ({"Service": "codebuild.amazonaws.com"}, ("Service", "codebuild.amazonaws.com"), Decision.ALLOWED),
        (
            {"Service": ["a", "codebuild.amazonaws.com"]},
            ("Service", "codebuild.amazonaws.com"),
            Decision.ALLOWED,
        ),
        (
            {"Service": "codebuild.amazonaws.com"},
            ("Service", "codepipeline.amazonaws.com"),
            Decision.NOT_ALLOWED,
        ),
        ({"AWS": "arn:aws:iam::1:root"}, ("AWS", "arn:aws:iam::1:user/a"), Decision.ALLOWED),
        ({"AWS": "arn:aws:iam::1:root"}, ("AWS", "arn:aws:iam::2:user/a"), Decision.NOT_ALLOWED),
        ({"Federated": "x"}, ("Service", "x"), Decision.NOT_ALLOWED),
    ],
)
def test_trust(principal, asking, expected):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    assert decide_trust(document(statement), asking, "sts:AssumeRole", {}) is expected
    assert decide_trust(document(statement), asking, "sts:TagSession", {}) is Decision.NOT_ALLOWED


def test_a_bucket_policy_that_denies_everybody_without_tls():
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    for secure, expected in (("true", Decision.NOT_ALLOWED), ("false", Decision.DENIED)):
        assert (
            decide_for_everybody(
                document(deny), "s3:GetObject", "arn:aws:s3:::b/k", {"aws:SecureTransport": secure}
            )
            is expected
        )
    with pytest.raises(Unsupported):
        decide_for_everybody(
            document({**deny, "Principal": {"AWS": ROLE}}), "s3:GetObject", "arn:aws:s3:::b/k", {}
        )
