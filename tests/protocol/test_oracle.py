"""Every operation of every imported model, against botocore: its serialisers' requests must decode
to the document they were made from, and our answers and errors must be parsed into theirs.

Needs the squall_oracle executable: $SQUALL_ORACLE, else build/dev/tests/squall_oracle.
"""
import base64
import collections
import datetime
import json
import os
import pathlib
import struct
import subprocess
import urllib.parse

import botocore.awsrequest
import botocore.parsers
import botocore.serialize
import botocore.session
import pytest

from oracle_documents import Documents, typed, untyped

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORACLE = os.environ.get("SQUALL_ORACLE", str(ROOT / "build/dev/tests/squall_oracle"))
FOLDERS = sorted(p.parent.name for p in ROOT.glob("services/*/model.json"))
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SESSION = botocore.session.get_session()


class Service:
    """One imported model: botocore's service model and the protocols to force."""

    def __init__(self, folder):
        self.folder = folder
        imported = json.loads((ROOT / "services" / folder / "model.json").read_text())
        assert imported["botocore"] == botocore.__version__, "not the models' botocore"
        self.name = imported["client"]
        self.model = SESSION.get_service_model(self.name)
        self.protocols = self.model.metadata.get("protocols") or [self.model.metadata["protocol"]]
        self.operations = [self.model.operation_model(n) for n in self.model.operation_names]
        self.operations = [o for o in self.operations
                           if not o.has_event_stream_input and not o.has_event_stream_output]

    def wire_protocol(self, protocol):
        return "json" + self.model.metadata["jsonVersion"] if protocol == "json" else protocol


SERVICES = {folder: Service(folder) for folder in FOLDERS}
CASES = [(folder, protocol) for folder in FOLDERS for protocol in SERVICES[folder].protocols]


def run_oracle(frames):
    data = b"".join(struct.pack(">I", len(f)) + f for f in frames)
    out = subprocess.run([ORACLE], input=data, stdout=subprocess.PIPE, check=True).stdout
    answers, at = [], 0
    while at < len(out):
        (length,) = struct.unpack_from(">I", out, at)
        head, _, body = out[at + 4:at + 4 + length].partition(b"\n")
        answers.append((json.loads(head), body))
        at += 4 + length
    assert len(answers) == len(frames)
    return answers


def request_frame(service, operation, serializer, params):
    request = serializer.serialize_to_request(params, operation)
    request.pop("host_prefix", None)
    botocore.awsrequest.prepare_request_dict(request, "http://localhost:4566")
    prepared = botocore.awsrequest.create_request_object(request).prepare()
    url = urllib.parse.urlsplit(prepared.url)
    scope = f"{ACCESS_KEY}/20261121/ap-south-1/{service.model.signing_name}/aws4_request"
    headers = [[k, v.decode() if isinstance(v, bytes) else str(v)]
               for k, v in prepared.headers.items()]
    headers.append(["Authorization", f"AWS4-HMAC-SHA256 Credential={scope}, "
                                     "SignedHeaders=host;x-amz-date, Signature=00"])
    head = {"mode": "decode", "method": prepared.method, "path": url.path, "query": url.query,
            "headers": headers}
    body = prepared.body or b""
    return json.dumps(head).encode() + b"\n" + (body.encode() if isinstance(body, str) else body)


def report(failures, total):
    if failures:
        shown = "\n".join(failures[:12])
        pytest.fail(f"{len(failures)} of {total} differ:\n{shown}", pytrace=False)


@pytest.mark.parametrize("folder,protocol", CASES)
def test_decode(folder, protocol):
    service = SERVICES[folder]
    serializer = botocore.serialize.create_serializer(protocol, include_validation=False)
    documents = Documents(protocol, output=False)
    frames, expected = [], []
    for operation in service.operations:
        for params in documents.inputs(operation):
            frames.append(request_frame(service, operation, serializer, params))
            expected.append((operation, params))
    failures = []
    for (operation, params), (answer, _) in zip(expected, run_oracle(frames)):
        wanted = {"service": service.name, "operation": operation.name, "region": "ap-south-1",
                  "protocol": service.wire_protocol(protocol), "access_key": ACCESS_KEY,
                  "document": documents.as_received(params, operation.input_shape)}
        got = dict(answer, document=untyped(answer.get("document", {})))
        if "ContentLength" not in params:
            got["document"].pop("ContentLength", None)  # the transport's own header
        if operation.name in INDISTINCT:
            got, wanted = got.get("operation"), INDISTINCT[operation.name]
        if got != wanted:
            failures.append(f"{operation.name}:\n   got {got}\n  want {wanted}")
    report(failures, len(frames))


# One method and URI for two: the host or the era tells them apart, and the current one wins.
INDISTINCT = {"ListDirectoryBuckets": "ListBuckets",
              "GetBucketLifecycle": "GetBucketLifecycleConfiguration",
              "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
              "GetBucketNotification": "GetBucketNotificationConfiguration",
              "PutBucketNotification": "PutBucketNotificationConfiguration"}


def parse(parser, answer, body, operation, shape):
    headers = botocore.awsrequest.HeadersDict(answer["headers"])
    if answer["content_type"]:
        headers["Content-Type"] = answer["content_type"]
    response = {"status_code": answer["status"], "headers": headers, "body": body,
                "context": {"operation_name": operation.name}}
    return parser.parse(response, shape)


@pytest.mark.parametrize("folder,protocol", CASES)
def test_encode(folder, protocol):
    service = SERVICES[folder]
    parser = botocore.parsers.create_parser(protocol)
    documents = Documents(protocol, output=True)
    frames, expected = [], []
    for operation in service.operations:
        if operation.name == "GetBucketNotification":
            continue  # one element for two members: botocore reads it into both
        for document in documents.outputs(operation):
            frames.append(json.dumps({
                "mode": "encode", "service": service.name, "operation": operation.name,
                "protocol": service.wire_protocol(protocol),
                "document": typed(document)}).encode() + b"\n")
            expected.append((operation, document))
    failures = []
    for (operation, document), (answer, body) in zip(expected, run_oracle(frames)):
        try:
            got = parse(parser, answer, body, operation, operation.output_shape)
        except Exception as e:  # whatever botocore could not read
            failures.append(f"{operation.name}: {e!r}\n  {body[:300]!r}")
            continue
        metadata = got.pop("ResponseMetadata", {})
        wanted = documents.as_parsed(document, operation.output_shape)
        status_ok = answer["status"] == operation.http.get("responseCode", 200)
        has_id = metadata.get("RequestId", "").startswith("11111111")
        if "ContentType" not in wanted and operation.http["requestUri"] == "/{Bucket}/{Key+}":
            got.pop("ContentType", None)  # the answer's own type is a member there
        # botocore's CBOR parser reads no request id where there is no output shape.
        has_id = has_id or (operation.output_shape is None and protocol.endswith("cbor"))
        if got != wanted or not status_ok or not has_id:
            failures.append(f"{operation.name}:\n   got {got}\n  want {wanted}\n"
                            f"   in {body[:400]!r}")
    report(failures, len(frames))


def error_text(value):
    if isinstance(value, (dict, list)):
        return json.dumps(plain(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


@pytest.mark.parametrize("folder,protocol", CASES)
def test_errors(folder, protocol):
    service = SERVICES[folder]
    parser = botocore.parsers.create_parser(protocol)
    documents = Documents(protocol, output=True)
    users = collections.OrderedDict()  # error shape -> an operation that gives it
    for operation in service.operations:
        for shape in operation.error_shapes:
            users.setdefault(shape.name, (operation, shape))
    for shape in service.model.error_shapes:
        users.setdefault(shape.name, (service.operations[0], shape))
    frames, expected = [], []
    for operation, shape in users.values():
        members = documents.maximal(shape)
        members = {k: v for k, v in members.items() if k.lower() != "message"}
        error = {"code": shape.error_code, "message": "It & <that> failed: \"é\"",
                 "members": {k: error_text(v) for k, v in members.items()}}
        frames.append(json.dumps({
            "mode": "encode", "service": service.name, "operation": operation.name,
            "protocol": service.wire_protocol(protocol), "error": error}).encode() + b"\n")
        expected.append((operation, shape, error, members))
    failures = []
    for (operation, shape, error, members), (answer, body) in zip(expected, run_oracle(frames)):
        if operation.http["method"] == "HEAD":
            continue  # no body: botocore makes the error of the status
        parsed = parse(parser, answer, body, operation, None)
        found = (parsed["Error"]["Code"], parsed["Error"]["Message"],
                 parsed["ResponseMetadata"].get("RequestId"))
        wanted = (error["code"], error["message"], "11111111-2222-3333-4444-555555555555")
        modelled = parse(parser, answer, body, operation, shape)
        modelled = {k: v for k, v in modelled.items() if k.lower() != "message"}
        if found != wanted or modelled != documents.as_parsed(members, shape):
            failures.append(f"{shape.name}: {found} {modelled}\n  want {wanted} {members}\n"
                            f"  in {answer} {body!r}")
    report(failures, len(frames))
