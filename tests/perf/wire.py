"""Builds SigV4-signed raw HTTP/1.1 requests of botocore's shape, without boto3."""
import datetime
import hashlib
import hmac
import struct
import urllib.parse
import uuid

ACCESS_KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
REGION = "us-east-1"
AGENT = ("Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux#6.18 md/arch#x86_64 "
         "lang/python#3.11.7 md/pyimpl#CPython m/Z,D,b cfg/retry-mode#legacy Botocore/1.43.11")
VERSIONS = {"ec2": "2016-11-15", "rds": "2014-10-31", "sts": "2011-06-15"}


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _signature(date, service, text):
    key = ("AWS4" + SECRET).encode()
    for part in (date, REGION, service, "aws4_request"):
        key = _hmac(key, part)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def signed(service, host, body, content_type):
    """One whole request, POST /."""
    moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {"content-type": content_type, "host": host, "x-amz-date": moment}
    names = ";".join(sorted(headers))
    canonical = "\n".join(["POST", "/", "", *(f"{k}:{headers[k]}" for k in sorted(headers)), "",
                           names, hashlib.sha256(body).hexdigest()])
    scope = f"{moment[:8]}/{REGION}/{service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", moment, scope,
                         hashlib.sha256(canonical.encode()).hexdigest()])
    signature = _signature(moment[:8], service, to_sign)
    lines = [
        "POST / HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity",
        f"Content-Type: {content_type}", f"User-Agent: {AGENT}", f"X-Amz-Date: {moment}",
        f"Authorization: AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}",
        f"amz-sdk-invocation-id: {uuid.uuid4()}", "amz-sdk-request: attempt=1",
        f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def query(port, service, action, **parameters):
    """A call of the query protocols; `Filter_1_Name` stands for `Filter.1.Name`."""
    form = {"Action": action, "Version": VERSIONS[service],
            **{key.replace("_", "."): value for key, value in parameters.items()}}
    return signed(service, f"127.0.0.1:{port}", urllib.parse.urlencode(form).encode(),
                  "application/x-www-form-urlencoded; charset=utf-8")


def save(path, requests):
    """The file that perf_blast and perf_replay read."""
    with open(path, "wb") as file:
        file.write(struct.pack("<I", len(requests)))
        for request in requests:
            file.write(struct.pack("<I", len(request)) + request)
    return path
