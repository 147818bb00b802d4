"""The binary as a user meets it: start, answers of the control API, refusals, shutdown."""
import json
import signal
import subprocess

import botocore.exceptions
import conftest
import pytest


def test_starts_on_a_free_port_and_says_so(squall):
    assert squall.lines[-1].startswith("Ready.")
    assert squall.http("GET", "/_squall/health")[0] == 200


def test_answers_the_health_check_that_existing_tools_call(squall):
    status, text = squall.http("GET", "/_localstack/health")
    assert status == 200
    assert "services" in json.loads(text)


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(start_squall, signal_number):
    server = start_squall("--pace", "held")
    server.client("ec2").describe_vpcs()
    assert server.stop(signal_number) == 0


@pytest.mark.parametrize("path", ["/_squall/reset", "/_localstack/state/reset", "/moto-api/reset"])
def test_reset_under_each_of_its_names(squall, path):
    ec2 = squall.client("ec2")
    ec2.describe_vpcs()
    before = squall.dump()
    ec2.create_vpc(CidrBlock="10.9.0.0/16")
    assert squall.dump() != before
    assert squall.http("POST", path)[0] == 200
    squall.client("ec2").describe_vpcs()
    assert squall.dump() == before


@pytest.mark.parametrize("service, operation, arguments", [
    ("ec2", "describe_vpn_connections", {}),                    # ec2query
    ("rds", "describe_db_clusters", {}),                        # query
    ("kms", "list_keys", {}),                                   # JSON 1.1
    ("fis", "list_experiments", {}),                            # rest-json
    ("route53", "list_hosted_zones", {}),                       # rest-xml
])
def test_what_no_handler_serves_is_refused_by_name(squall, service, operation, arguments):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        getattr(squall.client(service), operation)(**arguments)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    named = operation.replace("_", "")
    assert named in raised.value.response["Error"]["Message"].lower()


def test_accounts_are_worlds_of_their_own(squall):
    vpc = squall.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    squall.environment["AWS_ACCESS_KEY_ID"] = "222222222222"
    others = squall.aws("ec2", "describe-vpcs")["Vpcs"]
    assert vpc not in [other["VpcId"] for other in others]
    assert squall.aws("sts", "get-caller-identity")["Account"] == "222222222222"


def test_the_default_account_is_a_flag(start_squall):
    server = start_squall("--pace", "held", "--account", "123456789012")
    server.environment["AWS_ACCESS_KEY_ID"] = "AKIAIOSFODNN7EXAMPLE"
    assert server.aws("sts", "get-caller-identity")["Account"] == "123456789012"


def test_help_and_coverage_are_worth_reading():
    for words in (["--help"], ["serve", "--help"], ["drill", "--help"], ["coverage"]):
        done = subprocess.run([conftest.BINARY, *words], stdout=subprocess.PIPE, text=True,
                              timeout=20, check=True)
        assert len(done.stdout.splitlines()) > 5, words
