"""Makes any attempt to look up or reach a host other than loopback fail, and leaves a trace.

The trace (a line in $SQUALL_GUARD_LOG) fails the test even when the client swallows the error.
"""
import ipaddress
import os
import socket

LOOPBACK_NAMES = {"localhost", "ip6-localhost", "", None}
_installed = []


class NotLoopback(OSError):
    """A client tried to leave this machine."""


def is_loopback(host):
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in LOOPBACK_NAMES or str(host).endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse(what):
    log = os.environ.get("SQUALL_GUARD_LOG")
    if log:
        with open(log, "a", encoding="utf-8") as out:
            out.write(f"{what}\n")
    raise NotLoopback(f"not loopback: {what}")


def install():
    if _installed:
        return
    _installed.append(True)
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    sendto, getaddrinfo = socket.socket.sendto, socket.getaddrinfo

    def check(sock, address):
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
            refuse(f"connection to {address[0]}:{address[1]}")

    def guarded_connect(sock, address):
        check(sock, address)
        return connect(sock, address)

    def guarded_connect_ex(sock, address):
        check(sock, address)
        return connect_ex(sock, address)

    def guarded_sendto(sock, data, *rest):
        check(sock, rest[-1])
        return sendto(sock, data, *rest)

    def guarded_getaddrinfo(host, *rest, **named):
        if not is_loopback(host):
            refuse(f"look-up of {host}")
        return getaddrinfo(host, *rest, **named)

    socket.socket.connect, socket.socket.connect_ex = guarded_connect, guarded_connect_ex
    socket.socket.sendto, socket.getaddrinfo = guarded_sendto, guarded_getaddrinfo
