"""Makes every read call of a boto3 program happen twice: a client that polls twice as often.

Reads change nothing, so a drill deployed by such a client must have the same canonical journal.
"""
import botocore.client

READS = ("Describe", "List", "Get")


def install():
    call = botocore.client.BaseClient._make_api_call  # where every operation of boto3 passes

    def twice(client, operation, arguments):
        if operation.startswith(READS):
            call(client, operation, arguments)
        return call(client, operation, arguments)

    botocore.client.BaseClient._make_api_call = twice
