#!/usr/bin/env python3
"""Takes MyLearning's production stack down again, whole or half-made, and leaves nothing.

Everything is found by the project's tag or its fixed names, so no state file is needed, and what
is not there is not missed.
"""
import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from stack import access, data, monitoring, network, web  # noqa: E402
from stack.base import REGION, Clients, run_steps  # noqa: E402


def destroy(aws):
    """Users first, then what they use: each deletion needs its dependents gone."""
    monitoring.destroy_watchers(aws)
    web.destroy_group(aws)
    web.destroy_load_balancer(aws)
    access.destroy_certificate(aws)
    data.destroy(aws)
    monitoring.destroy_flow_logs(aws)
    access.destroy(aws)
    network.destroy(aws)


def main():
    argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0]).parse_args()
    print(f"Destroying MyLearning in {REGION}")
    code = run_steps(lambda: destroy(Clients()))
    if code == 0:
        print("\nMyLearning is gone.")
    return code


if __name__ == "__main__":
    sys.exit(main())
