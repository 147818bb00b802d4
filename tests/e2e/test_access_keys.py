"""Keys that IAM and STS issue lead to the account that issued them, whoever else is there."""
import boto3
import botocore.exceptions
import conftest
import pytest

HOME, OTHER = "111111111111", "222222222222"


def client(server, service, key, secret="test", token=None):
    return boto3.client(
        service, region_name=conftest.REGION, endpoint_url=server.endpoint,
        aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token)


def client_of(server, service, issued):
    """With what CreateAccessKey or AssumeRole answered."""
    return client(server, service, issued["AccessKeyId"], issued["SecretAccessKey"],
                  issued.get("SessionToken"))


def new_user(server, account, name="deployer"):
    iam = client(server, "iam", account)
    user = iam.create_user(UserName=name)["User"]
    return user, iam.create_access_key(UserName=name)["AccessKey"]


def new_role(server, account, name="deploy"):
    trust = ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": '
             '"sts:AssumeRole", "Principal": {"AWS": "*"}}]}')
    iam = client(server, "iam", account)
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]


def identity(server, issued):
    answer = client_of(server, "sts", issued).get_caller_identity()
    return answer["Account"], answer["Arn"], answer["UserId"]


def vpcs(ec2):
    return {v["CidrBlock"] for v in ec2.describe_vpcs()["Vpcs"]}


@pytest.mark.debian
def test_a_users_key_is_its_accounts(squall):
    user, key = new_user(squall, HOME)
    assert identity(squall, key) == (HOME, user["Arn"], user["UserId"])
    client_of(squall, "ec2", key).create_vpc(CidrBlock="10.7.0.0/16")
    assert "10.7.0.0/16" in vpcs(client(squall, "ec2", HOME))
    assert "10.7.0.0/16" not in vpcs(client(squall, "ec2", "test"))
    told = client(squall, "sts", OTHER).get_access_key_info(AccessKeyId=key["AccessKeyId"])
    assert told["Account"] == HOME


@pytest.mark.debian
def test_the_same_user_in_two_accounts_has_two_keys(squall):
    keys = {account: new_user(squall, account)[1] for account in (HOME, OTHER)}
    assert keys[HOME]["AccessKeyId"] != keys[OTHER]["AccessKeyId"]
    for account, key in keys.items():
        assert identity(squall, key)[:2] == (account, f"arn:aws:iam::{account}:user/deployer")


@pytest.mark.debian
def test_an_assumed_roles_key(squall):
    sts = client_of(squall, "sts", new_user(squall, HOME)[1])
    answer = sts.assume_role(RoleArn=new_role(squall, HOME), RoleSessionName="ci")
    arn = f"arn:aws:sts::{HOME}:assumed-role/deploy/ci"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    assert identity(squall, answer["Credentials"]) == (
        HOME, arn, answer["AssumedRoleUser"]["AssumedRoleId"])


@pytest.mark.debian
def test_a_role_of_another_account_works_there(squall):
    """What Terraform's assume_role does: credentials from one account, resources in another."""
    role = new_role(squall, OTHER)
    sts = client_of(squall, "sts", new_user(squall, HOME)[1])
    issued = sts.assume_role(RoleArn=role, RoleSessionName="tf")["Credentials"]
    assert identity(squall, issued)[:2] == (
        OTHER, f"arn:aws:sts::{OTHER}:assumed-role/deploy/tf")
    client_of(squall, "ec2", issued).create_vpc(CidrBlock="10.9.0.0/16")
    assert "10.9.0.0/16" in vpcs(client(squall, "ec2", OTHER))
    assert "10.9.0.0/16" not in vpcs(client(squall, "ec2", HOME))


@pytest.mark.debian
def test_inactive_expired_and_foreign_keys(squall):
    _, key = new_user(squall, HOME)
    iam = client(squall, "iam", HOME)
    iam.update_access_key(UserName="deployer", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    for service, call, code in (("sts", "get_caller_identity", "InvalidClientTokenId"),
                                ("ec2", "describe_vpcs", "AuthFailure"),
                                ("logs", "describe_log_groups", "UnrecognizedClientException")):
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            getattr(client_of(squall, service, key), call)()
        assert refused.value.response["Error"]["Code"] == code
    # Operations on items take another way through the server than all others.
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client_of(squall, "dynamodb", key).get_item(TableName="none", Key={"pk": {"S": "a"}})
    assert refused.value.response["Error"]["Code"] == "UnrecognizedClientException"
    issued = client(squall, "sts", HOME).assume_role(
        RoleArn=new_role(squall, HOME), RoleSessionName="short", DurationSeconds=900)["Credentials"]
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client_of(squall, "dynamodb", issued).get_item(TableName="none", Key={"pk": {"S": "a"}})
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    status, text = squall.http("POST", f"/_squall/clock?account={HOME}", {"advance": 901})
    assert status == 200, text
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        identity(squall, issued)
    assert refused.value.response["Error"]["Code"] == "ExpiredToken"
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client_of(squall, "dynamodb", issued).get_item(TableName="none", Key={"pk": {"S": "a"}})
    assert refused.value.response["Error"]["Code"] == "ExpiredTokenException"
    # Somebody's own keys of AWS are any credentials: the default account's.
    for own in ("AKIAIOSFODNN7EXAMPLE", "ASIAQNZGKIQY56JQ7WML"):
        assert client(squall, "sts", own).get_caller_identity()["Account"] == "000000000000"


def test_a_key_is_signed_with_its_own_secret(start_squall):
    server = start_squall("--pace", "held", "--verify-signatures", "test")
    user, key = new_user(server, HOME)
    assert identity(server, key)[1] == user["Arn"]
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client(server, "sts", key["AccessKeyId"], "test").get_caller_identity()
    assert refused.value.response["Error"]["Code"] == "SignatureDoesNotMatch"
