"""Every served operation, with inputs made from its model, against a deployed stack: whatever a
client sends, the answer is AWS's kind of answer and the server stays up. An operation that reads a
member which its model lacks, or answers with one, aborts the server: here is where that shows."""
import json
import subprocess
import sys

import botocore.config
import botocore.exceptions
import conftest
import pytest

sys.path.insert(0, str(conftest.ROOT / "tests" / "protocol"))
from oracle_documents import Documents  # noqa: E402

STACK = conftest.ROOT / "scenarios" / "mylearning"
COVERAGE = json.loads(subprocess.run(
    [conftest.BINARY, "coverage", "--json"], check=True, stdout=subprocess.PIPE).stdout)
SERVED = {service: rows["served"] for service, rows in COVERAGE.items() if rows["served"]}


def names_of(out):
    """Members by name, with values that exist: then handlers get further than 'not found'."""
    return {
        "VpcId": out["vpc"], "SubnetId": out["subnets"]["app"][0],
        "GroupId": out["security_groups"]["web"], "InstanceId": out["instances"][0],
        "InternetGatewayId": out["internet_gateway"], "NatGatewayId": out["nat_gateways"][0],
        "RouteTableId": out["route_tables"]["public"][0],
        "NetworkAclId": out["network_acls"]["db"], "LaunchTemplateId": out["launch_template"],
        "ImageId": out["image"], "LoadBalancerArn": out["load_balancer"],
        "TargetGroupArn": out["target_group"], "ListenerArn": out["listeners"][0],
        "CertificateArn": out["certificate"], "AutoScalingGroupName": out["auto_scaling_group"],
        "DBInstanceIdentifier": out["database"], "ReplicationGroupId": out["redis"],
        "AlarmName": out["alarms"][0], "DashboardName": out["dashboard"],
        "logGroupName": out["log_groups"][0], "RoleName": "mylearning-web",
        "InstanceProfileName": "mylearning-web", "CidrBlock": "10.0.99.0/24",
    }


def with_real_names(value, names):
    if isinstance(value, dict):
        return {key: names[key] if key in names and isinstance(inner, str)
                else [names[key[:-1]]] if key.endswith("s") and key[:-1] in names
                else with_real_names(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_real_names(inner, names) for inner in value]
    return value


def inputs_of(operation, documents, names):
    """Minimal, maximal, empty lists; then each member alone on top of the minimal one."""
    if operation.input_shape is None:
        return [{}]
    made = documents.inputs(operation)
    minimal, maximal = made[0], made[1]
    made += [{**minimal, name: maximal[name]} for name in maximal if name not in minimal]
    return made + [with_real_names(document, names) for document in made]


@pytest.fixture(name="deployed")
def deployed_stack(squall, tmp_path):
    out = tmp_path / "out.json"
    squall.run(sys.executable, STACK / "deploy.py", "--out", out)
    return names_of(json.loads(out.read_text(encoding="utf-8")))


@pytest.mark.parametrize("service", sorted(SERVED))
def test_no_input_takes_the_server_down(squall, deployed, service):
    client = squall.client(service, config=botocore.config.Config(
        parameter_validation=False, retries={"max_attempts": 0}, inject_host_prefix=False))
    model = client.meta.service_model
    documents = Documents(model.protocol, output=False)
    methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
    failures = []
    for name in SERVED[service]:
        for document in inputs_of(model.operation_model(name), documents, deployed):
            try:
                getattr(client, methods[name])(**document)
            except botocore.exceptions.ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 500:
                    failures.append(f"{name}: {error}: {document}")
            except (botocore.exceptions.HTTPClientError, ConnectionError) as error:
                tail = "\n".join(squall.lines[-5:])
                pytest.fail(f"{name} took the server down: {type(error).__name__}\n"
                            f"{document}\n{tail}")
            except (TypeError, ValueError, AttributeError, KeyError,
                    botocore.exceptions.BotoCoreError):
                pass  # the client itself refuses the document
    assert not failures, "\n".join(failures[:10])
