"""serve --verify-signatures: real clients' signatures pass, others get AWS's refusal."""
import botocore.exceptions
import conftest
import pytest


@pytest.fixture(name="strict")
def strict_server(guard_log):
    server = conftest.Squall(["--pace", "held", "--verify-signatures", "right"], guard_log)
    yield server
    assert server.stop() == 0


def client(server, service, secret, **named):
    import boto3

    return boto3.client(
        service, region_name=conftest.REGION, endpoint_url=server.endpoint,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key=secret, **named)


CALLS = (  # ec2, query, JSON, and REST with a path that is encoded twice
    ("ec2", "describe_vpcs", {}, "AuthFailure"),
    ("sts", "get_caller_identity", {}, "SignatureDoesNotMatch"),
    ("logs", "describe_log_groups", {"logGroupNamePrefix": "/a b+c/ü"},
     "InvalidSignatureException"),
    ("fis", "list_tags_for_resource", {"resourceArn": "arn:aws:fis:a:1:x/y z"},
     "InvalidSignatureException"),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "a b/ü+1.txt"}, "SignatureDoesNotMatch"),
)


@pytest.mark.parametrize("service,method,arguments,refusal", CALLS)
def test_right_and_wrong_secret(strict, service, method, arguments, refusal):
    with pytest.raises(botocore.exceptions.ClientError) as wrong:
        getattr(client(strict, service, "wrong"), method)(**arguments)
    assert wrong.value.response["Error"]["Code"] == refusal
    try:
        getattr(client(strict, service, "right"), method)(**arguments)
    except botocore.exceptions.ClientError as error:  # past the signature: for other reasons
        assert error.response["Error"]["Code"] in ("NotImplemented", "InvalidParameterException",
                                                   "ValidationException")


def test_compressed_body(strict):
    """Clients sign a body as they send it: packed."""
    import botocore.config

    config = botocore.config.Config(request_min_compression_size_bytes=1)
    data = [{"MetricName": f"m{i}", "Value": i} for i in range(50)]
    encodings = []
    for secret in ("right", "wrong"):
        cloudwatch = client(strict, "cloudwatch", secret, config=config)
        cloudwatch.meta.events.register(
            "before-send", lambda request, **_: encodings.append(
                request.headers.get("Content-Encoding")))
        if secret == "right":
            cloudwatch.put_metric_data(Namespace="packed", MetricData=data)
        else:
            with pytest.raises(botocore.exceptions.ClientError):
                cloudwatch.put_metric_data(Namespace="packed", MetricData=data)
    assert [e if isinstance(e, str) else e.decode() for e in encodings] == ["gzip", "gzip"]
    seen = client(strict, "cloudwatch", "right").list_metrics(Namespace="packed")["Metrics"]
    assert len(seen) == 50


def test_presigned_url(strict):
    url = client(strict, "sts", "right").generate_presigned_url(
        "get_caller_identity", HttpMethod="GET")
    status, text = strict.http("GET", url.removeprefix(strict.endpoint))
    assert status == 200 and "GetCallerIdentityResult" in text
    status, text = strict.http("GET", url.removeprefix(strict.endpoint).replace("a", "b", 1))
    assert status in (403, 400), text


def test_unsigned(strict):
    status, text = strict.http("GET", "/?Action=GetCallerIdentity&Version=2011-06-15")
    assert status == 403 and "MissingAuthenticationToken" in text
