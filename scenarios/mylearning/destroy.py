#!/usr/bin/env python3
"""Takes MyLearning's production stack down again, whole or half-made, and leaves nothing.

Everything is found by the project's tag or its fixed names, so no state file is needed, and what
is not there is not missed.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from common import data, network  # noqa: E402
from stack import access, monitoring, web  # noqa: E402
from stack.base import PROJECT  # noqa: E402


def destroy(aws):
    """Users first, then what they use: each deletion needs its dependents gone."""
    monitoring.destroy_watchers(aws)
    web.destroy_group(aws)
    web.destroy_load_balancer(aws)
    access.destroy_certificate(aws)
    data.destroy(PROJECT, aws)
    monitoring.destroy_flow_logs(aws)
    access.destroy(aws)
    network.destroy(PROJECT, aws)


if __name__ == "__main__":
    sys.exit(PROJECT.run_destroy(destroy, __doc__))
