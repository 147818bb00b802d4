"""The guard itself: without these, a guard that guards nothing would pass every other test."""
import socket
import subprocess
import sys

import conftest
import loopback_only
import pytest

TEST_NETWORK = "192.0.2.1"  # TEST-NET-1 (RFC 5737): nobody is there


def left_loopback(log):
    """What was tried; clears it, so that the test that tried on purpose passes."""
    text = log.read_text(encoding="utf-8") if log.exists() else ""
    log.unlink(missing_ok=True)
    return text


def test_connections_within_this_process_fail(guard_log):
    with pytest.raises(loopback_only.NotLoopback):
        socket.create_connection((TEST_NETWORK, 443), timeout=1)
    assert TEST_NETWORK in left_loopback(guard_log)


def test_look_ups_fail(guard_log):
    with pytest.raises(loopback_only.NotLoopback):
        socket.getaddrinfo("ec2.ap-south-1.amazonaws.com", 443)
    assert "ec2.ap-south-1.amazonaws.com" in left_loopback(guard_log)


def test_connections_of_programs_fail_and_leave_a_trace(guard_log):
    environment = conftest.client_environment("http://127.0.0.1:9", guard_log, "000000000000")
    program = ("import socket\ntry:\n  socket.create_connection(('%s', 443), timeout=1)\n"
               "except OSError:\n  print('swallowed')" % TEST_NETWORK)
    done = subprocess.run([sys.executable, "-c", program], env=environment, text=True,
                          stdout=subprocess.PIPE, check=True)
    assert done.stdout.strip() == "swallowed"
    assert TEST_NETWORK in left_loopback(guard_log)


def test_boto3_without_an_endpoint_fails(guard_log):
    environment = conftest.client_environment("http://127.0.0.1:9", guard_log, "000000000000")
    for name in list(environment):
        if name == "AWS_ENDPOINT_URL" or name.upper().endswith("_PROXY"):
            del environment[name]
    program = "import boto3\nboto3.client('ec2').describe_vpcs()"
    done = subprocess.run([sys.executable, "-c", program], env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode != 0
    assert "amazonaws.com" in left_loopback(guard_log)


def test_loopback_is_allowed():
    listener = socket.create_server(("127.0.0.1", 0))
    with listener, socket.create_connection(listener.getsockname(), timeout=1):
        pass
