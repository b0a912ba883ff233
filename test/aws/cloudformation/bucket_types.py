"""Resources of S3: a bucket and its policy."""

import json

from cloudformation.resource import ResourceType, call_input, generated_name, without


def create_bucket(aws, stack, logical, properties):
    name = properties.get("BucketName") or generated_name(stack, logical, 63, lower=True)
    place = (
        {} if aws.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
    )
    aws("s3").create_bucket(Bucket=name, **place)
    update_bucket(aws, name, {}, properties)
    return name


def update_bucket(aws, name, old, new):
    s3 = aws("s3")
    if "BucketEncryption" in new:
        rules = new["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        named = [
            {
                ("Apply" + key if key == "ServerSideEncryptionByDefault" else key): one
                for key, one in rule.items()
            }
            for rule in rules
        ]
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": named})
    if "PublicAccessBlockConfiguration" in new:
        s3.put_public_access_block(
            Bucket=name, PublicAccessBlockConfiguration=new["PublicAccessBlockConfiguration"]
        )
    if "OwnershipControls" in new:
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=new["OwnershipControls"])
    if "LifecycleConfiguration" in new:
        rules = [_lifecycle_rule(rule) for rule in new["LifecycleConfiguration"]["Rules"]]
        given = {"Bucket": name, "LifecycleConfiguration": {"Rules": rules}}
        s3.put_bucket_lifecycle_configuration(**call_input(s3, "PutBucketLifecycleConfiguration", given))


def _lifecycle_rule(rule):
    expiration = {"Expiration": {"Days": rule["ExpirationInDays"]}} if "ExpirationInDays" in rule else {}
    prefix = {"Filter": {"Prefix": rule.get("Prefix", "")}}
    return {**without(rule, "ExpirationInDays", "Prefix"), **expiration, **prefix}


def bucket_attributes(aws, name, properties):
    host = f"{name}.s3.{aws.region}.amazonaws.com"
    return {
        "Arn": f"arn:aws:s3:::{name}",
        "DomainName": f"{name}.s3.amazonaws.com",
        "RegionalDomainName": host,
    }


def put_bucket_policy(aws, stack, logical, properties):
    aws("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=json.dumps(properties["PolicyDocument"]))
    return properties["Bucket"]


TYPES = {
    "AWS::S3::Bucket": ResourceType(
        frozenset(
            [
                "BucketEncryption",
                "BucketName",
                "LifecycleConfiguration",
                "OwnershipControls",
                "PublicAccessBlockConfiguration",
            ]
        ),
        create_bucket,
        lambda aws, name, properties: aws("s3").delete_bucket(Bucket=name),
        update_bucket,
        bucket_attributes,
        frozenset({"BucketName"}),
    ),
    "AWS::S3::BucketPolicy": ResourceType(
        frozenset({"Bucket", "PolicyDocument"}),
        put_bucket_policy,
        lambda aws, name, properties: aws("s3").delete_bucket_policy(Bucket=name),
        lambda aws, name, old, new: put_bucket_policy(aws, None, None, new),
        replaced_by=frozenset({"Bucket"}),
    ),
}
