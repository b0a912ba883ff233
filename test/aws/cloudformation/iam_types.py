"""Resources of IAM and EKS: who may do what."""

import json

from cloudformation.resource import ResourceType, call_input, generated_name, without


def create_role(aws, stack, logical, properties):
    name = properties.get("RoleName") or generated_name(stack, logical, 64)
    given = without(properties, "Policies", "AssumeRolePolicyDocument", "RoleName")
    trust = json.dumps(properties["AssumeRolePolicyDocument"])
    aws("iam").create_role(
        **call_input(aws("iam"), "CreateRole", {**given, "RoleName": name, "AssumeRolePolicyDocument": trust})
    )
    _put_policies(aws, name, properties)
    return name


def update_role(aws, name, old, new):
    iam = aws("iam")
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(new["AssumeRolePolicyDocument"]))
    changed = {
        "Description": new.get("Description", ""),
        "MaxSessionDuration": new.get("MaxSessionDuration", 3600),
    }
    iam.update_role(**call_input(iam, "UpdateRole", {"RoleName": name, **changed}))
    kept = {policy["PolicyName"] for policy in new.get("Policies", [])}
    for policy in old.get("Policies", []):
        if policy["PolicyName"] not in kept:
            iam.delete_role_policy(RoleName=name, PolicyName=policy["PolicyName"])
    _put_policies(aws, name, new)


def _put_policies(aws, name, properties):
    for policy in properties.get("Policies", []):
        document = json.dumps(policy["PolicyDocument"])
        aws("iam").put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document)


def delete_role(aws, name, properties):
    for policy in aws("iam").list_role_policies(RoleName=name)["PolicyNames"]:
        aws("iam").delete_role_policy(RoleName=name, PolicyName=policy)
    aws("iam").delete_role(RoleName=name)


def role_attributes(aws, name, properties):
    role = aws("iam").get_role(RoleName=name)["Role"]
    return {"Arn": role["Arn"], "RoleId": role["RoleId"]}


def create_provider(aws, stack, logical, properties):
    given = call_input(aws("iam"), "CreateOpenIDConnectProvider", properties)
    return aws("iam").create_open_id_connect_provider(**given)["OpenIDConnectProviderArn"]


def update_provider(aws, arn, old, new):
    iam = aws("iam")
    before, after = set(old.get("ClientIdList", [])), set(new.get("ClientIdList", []))
    for client in sorted(after - before):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=client)
    for client in sorted(before - after):
        iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=client)


def delete_provider(aws, arn, properties):
    aws("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


def create_entry(aws, stack, logical, properties):
    eks = aws("eks")
    eks.create_access_entry(**call_input(eks, "CreateAccessEntry", without(properties, "AccessPolicies")))
    _associate(aws, properties)
    return f"{properties['PrincipalArn']}|{properties['ClusterName']}"


def update_entry(aws, id, old, new):
    eks = aws("eks")
    principal = _principal(new)
    eks.update_access_entry(**principal, kubernetesGroups=new.get("KubernetesGroups", []))
    kept = {policy["PolicyArn"] for policy in new.get("AccessPolicies", [])}
    for policy in old.get("AccessPolicies", []):
        if policy["PolicyArn"] not in kept:
            eks.disassociate_access_policy(**principal, policyArn=policy["PolicyArn"])
    _associate(aws, new)


def _associate(aws, properties):
    for policy in properties.get("AccessPolicies", []):
        given = {
            **policy,
            "ClusterName": properties["ClusterName"],
            "PrincipalArn": properties["PrincipalArn"],
        }
        aws("eks").associate_access_policy(**call_input(aws("eks"), "AssociateAccessPolicy", given))


def delete_entry(aws, id, properties):
    aws("eks").delete_access_entry(**_principal(properties))


def entry_attributes(aws, id, properties):
    return {
        "AccessEntryArn": aws("eks").describe_access_entry(**_principal(properties))["accessEntry"][
            "accessEntryArn"
        ]
    }


def _principal(properties):
    return {"clusterName": properties["ClusterName"], "principalArn": properties["PrincipalArn"]}


TYPES = {
    "AWS::IAM::Role": ResourceType(
        frozenset(
            [
                "AssumeRolePolicyDocument",
                "Description",
                "MaxSessionDuration",
                "Path",
                "Policies",
                "RoleName",
                "Tags",
            ]
        ),
        create_role,
        delete_role,
        update_role,
        role_attributes,
        frozenset({"RoleName", "Path"}),
    ),
    "AWS::IAM::OIDCProvider": ResourceType(
        frozenset(["ClientIdList", "Tags", "ThumbprintList", "Url"]),
        create_provider,
        delete_provider,
        update_provider,
        lambda aws, arn, properties: {"Arn": arn},
        frozenset({"Url"}),
    ),
    "AWS::EKS::AccessEntry": ResourceType(
        frozenset(
            ["AccessPolicies", "ClusterName", "KubernetesGroups", "PrincipalArn", "Tags", "Type", "Username"]
        ),
        create_entry,
        delete_entry,
        update_entry,
        entry_attributes,
        frozenset({"ClusterName", "PrincipalArn", "Type", "Username"}),
    ),
}
