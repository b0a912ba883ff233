"""Resources that keep things: images, secrets, logs."""

import json

from cloudformation.resource import ResourceType, call_input, generated_name, without
from credentials import ACCOUNT

FILTER = {
    "ImageTagMutabilityExclusionFilterType": "filterType",
    "ImageTagMutabilityExclusionFilterValue": "filter",
}


def create_repository(aws, stack, logical, properties):
    ecr = aws("ecr")
    name = properties.get("RepositoryName") or generated_name(stack, logical, 256, lower=True)
    plain = without(properties, "LifecyclePolicy", "ImageTagMutabilityExclusionFilters")
    given = {**plain, **_exclusions(properties), "RepositoryName": name}
    ecr.create_repository(**call_input(ecr, "CreateRepository", given))
    _put_lifecycle(aws, name, properties)
    return name


def update_repository(aws, name, old, new):
    ecr = aws("ecr")
    mutability = {"imageTagMutability": new.get("ImageTagMutability", "MUTABLE"), **_exclusions(new)}
    ecr.put_image_tag_mutability(repositoryName=name, **mutability)
    scanning = {
        "RepositoryName": name,
        "ImageScanningConfiguration": new.get("ImageScanningConfiguration", {}),
    }
    ecr.put_image_scanning_configuration(**call_input(ecr, "PutImageScanningConfiguration", scanning))
    _put_lifecycle(aws, name, new)


def _exclusions(properties):
    filters = properties.get("ImageTagMutabilityExclusionFilters")
    named = [{FILTER[key]: value for key, value in one.items()} for one in filters or []]
    return {"imageTagMutabilityExclusionFilters": named} if named else {}


def _put_lifecycle(aws, name, properties):
    text = properties.get("LifecyclePolicy", {}).get("LifecyclePolicyText")
    if text:
        aws("ecr").put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=text)


def repository_attributes(aws, name, properties):
    repository = aws("ecr").describe_repositories(repositoryNames=[name])["repositories"][0]
    return {"Arn": repository["repositoryArn"], "RepositoryUri": repository["repositoryUri"]}


def create_secret(aws, stack, logical, properties):
    manager = aws("secretsmanager")
    given = without(properties, "GenerateSecretString")
    if "GenerateSecretString" in properties:
        given["SecretString"] = _generated(manager, properties["GenerateSecretString"])
    given.setdefault("Name", f"{logical}-{generated_name(stack, logical, 40)[-12:]}")
    return manager.create_secret(**call_input(manager, "CreateSecret", given))["ARN"]


def _generated(manager, wanted):
    rules = without(wanted, "SecretStringTemplate", "GenerateStringKey")
    password = manager.get_random_password(**call_input(manager, "GetRandomPassword", rules))[
        "RandomPassword"
    ]
    if "SecretStringTemplate" not in wanted:
        return password
    return json.dumps({**json.loads(wanted["SecretStringTemplate"]), wanted["GenerateStringKey"]: password})


def update_secret(aws, arn, old, new):
    manager = aws("secretsmanager")
    given = {name: new[name] for name in ("Description", "KmsKeyId") if name in new}
    if new.get("GenerateSecretString") != old.get("GenerateSecretString"):
        given["SecretString"] = _generated(manager, new["GenerateSecretString"])
    manager.update_secret(SecretId=arn, **given)


def create_log_group(aws, stack, logical, properties):
    name = properties.get("LogGroupName") or generated_name(stack, logical, 512)
    aws("logs").create_log_group(logGroupName=name)
    update_log_group(aws, name, {}, properties)
    return name


def update_log_group(aws, name, old, new):
    if "RetentionInDays" in new:
        aws("logs").put_retention_policy(logGroupName=name, retentionInDays=int(new["RetentionInDays"]))
    elif "RetentionInDays" in old:
        aws("logs").delete_retention_policy(logGroupName=name)


TYPES = {
    "AWS::ECR::Repository": ResourceType(
        frozenset(
            [
                "EncryptionConfiguration",
                "ImageScanningConfiguration",
                "ImageTagMutability",
                "ImageTagMutabilityExclusionFilters",
                "LifecyclePolicy",
                "RepositoryName",
                "Tags",
            ]
        ),
        create_repository,
        lambda aws, name, properties: aws("ecr").delete_repository(repositoryName=name),
        update_repository,
        repository_attributes,
        frozenset({"RepositoryName", "EncryptionConfiguration"}),
    ),
    "AWS::SecretsManager::Secret": ResourceType(
        frozenset(["Description", "GenerateSecretString", "KmsKeyId", "Name", "SecretString", "Tags"]),
        create_secret,
        lambda aws, arn, properties: aws("secretsmanager").delete_secret(SecretId=arn),
        update_secret,
        lambda aws, arn, properties: {"Id": arn},
        frozenset({"Name"}),
    ),
    "AWS::Logs::LogGroup": ResourceType(
        frozenset({"LogGroupName", "RetentionInDays"}),
        create_log_group,
        lambda aws, name, properties: aws("logs").delete_log_group(logGroupName=name),
        update_log_group,
        lambda aws, name, properties: {"Arn": f"arn:aws:logs:{aws.region}:{ACCOUNT}:log-group:{name}:*"},
        frozenset({"LogGroupName"}),
    ),
}
