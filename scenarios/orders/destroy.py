#!/usr/bin/env python3
"""Takes the orders stack down again, whole or half-made, and leaves nothing.

Everything is found by the project's tag or its fixed names, so no state file is needed, and what
is not there is not missed.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from common import containers, hosts, network  # noqa: E402
from stack import services, table  # noqa: E402
from stack.base import PROJECT  # noqa: E402


def destroy(aws):
    """Users first, then what they use: each deletion needs its dependents gone."""
    services.destroy(aws)
    hosts.destroy_hosts(PROJECT, aws)
    containers.destroy_cluster(PROJECT, aws)
    containers.destroy_repositories(PROJECT, aws)  # Container Insights wrote until now
    table.destroy(aws)
    hosts.destroy_roles(PROJECT, aws)
    network.destroy(PROJECT, aws)


if __name__ == "__main__":
    sys.exit(PROJECT.run_destroy(destroy, __doc__))
