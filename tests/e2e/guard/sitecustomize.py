"""Loaded by every Python that has this folder on PYTHONPATH: deploy programs and the AWS CLI.

Keeps them on loopback (loopback_only), and lets them poll twice as often when a test asks for it.
"""
import os

import loopback_only

loopback_only.install()
if os.environ.get("SQUALL_POLLS_TWICE") == "1":
    import polls_twice

    polls_twice.install()
