#!/usr/bin/env python3
"""Writes services/FOLDER/model.json from the installed botocore: interface facts only.

Names, types, constraints, locations and wire traits of what is reachable from an operation; no
documentation text. One line an operation or shape, sorted, so that an upgrade reads as a diff.

    import_model.py [--root DIR] [CLIENT...]      (default: every service that has a model.json)
"""
import argparse
import json
import pathlib
import sys

METADATA = ("apiVersion", "awsQueryCompatible", "checksumFormat", "endpointPrefix",
            "globalEndpoint", "jsonVersion", "protocol", "protocols", "serviceId",
            "signatureVersion", "signingName", "targetPrefix", "xmlNamespace")
SHAPE = ("type", "required", "payload", "enum", "min", "max", "pattern", "exception", "fault",
         "error", "flattened", "wrapper", "union", "document", "eventstream", "event", "sensitive",
         "streaming", "timestampFormat", "xmlNamespace", "xmlOrder", "locationName", "jsonvalue",
         "deprecated")
REFERENCE = ("shape", "locationName", "queryName", "location", "flattened", "xmlAttribute",
             "xmlNamespace", "idempotencyToken", "streaming", "hostLabel", "eventpayload",
             "eventheader", "jsonvalue", "timestampFormat", "deprecated", "default")
OPERATION_REFERENCE = ("shape", "locationName", "xmlNamespace", "resultWrapper")
OPERATION = ("authtype", "deprecated", "httpChecksumRequired", "unsignedPayload")
PAGINATOR = ("input_token", "output_token", "limit_key", "result_key", "more_results")


def pick(source, keys):
    """The wanted keys in our order; false flags say nothing and are left out."""
    return {k: source[k] for k in keys if k in source and source[k] is not False}


def reference(ref):
    """A member: its shape's name alone when there is nothing else to say."""
    picked = pick(ref, REFERENCE)
    return picked["shape"] if len(picked) == 1 else picked


def shape_row(shape):
    row = pick(shape, SHAPE)
    if shape["type"] == "structure":
        row["members"] = {n: reference(r) for n, r in shape.get("members", {}).items()}
    for part in ("member", "key", "value"):
        if part in shape:
            row[part] = reference(shape[part])
    return row


def references(shape):
    yield from (r["shape"] for r in shape.get("members", {}).values())
    yield from (shape[p]["shape"] for p in ("member", "key", "value") if p in shape)


def reachable(model):
    pending = []
    for op in model["operations"].values():
        pending += [op[side]["shape"] for side in ("input", "output") if op.get(side)]
        pending += [e["shape"] for e in op.get("errors", [])]
    found = set()
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += references(model["shapes"][name])
    return sorted(found)


def operation_row(op, paginator):
    row = {"http": pick(op["http"], ("method", "requestUri", "responseCode"))}
    for side in ("input", "output"):
        if op.get(side):
            row[side] = pick(op[side], OPERATION_REFERENCE)
    if op.get("errors"):
        row["errors"] = sorted({e["shape"] for e in op["errors"]})
    row.update(pick(op, OPERATION))
    if op.get("endpoint", {}).get("hostPrefix"):
        row["hostPrefix"] = op["endpoint"]["hostPrefix"]
    if "requestcompression" in op:
        row["requestcompression"] = op["requestcompression"]["encodings"]
    if "httpChecksum" in op:
        row["httpChecksum"] = pick(op["httpChecksum"], (
            "requestChecksumRequired", "requestAlgorithmMember", "requestValidationModeMember",
            "responseAlgorithms"))
    if paginator:
        row["paginator"] = pick(paginator, PAGINATOR)
    return row


def is_global(loader, endpoint_prefix):
    """One endpoint for the whole partition (IAM, Route 53), after botocore's endpoint table."""
    services = loader.load_data("endpoints")["partitions"][0]["services"]
    return services.get(endpoint_prefix, {}).get("isRegionalized") is False


def import_service(loader, client, version):
    model = loader.load_service_model(client, "service-2")
    try:
        paginators = loader.load_service_model(client, "paginators-1")["pagination"]
    except Exception as error:  # botocore's UnknownServiceError or DataNotFoundError
        if type(error).__name__ not in ("UnknownServiceError", "DataNotFoundError"):
            raise
        paginators = {}
    meta = pick(model["metadata"], METADATA)
    if "awsQueryCompatible" in meta:
        meta["awsQueryCompatible"] = True
    if is_global(loader, meta["endpointPrefix"]):
        meta["global"] = True
    return {
        "botocore": version,
        "client": client,
        "metadata": meta,
        "operations": {n: operation_row(op, paginators.get(n))
                       for n, op in sorted(model["operations"].items())},
        "shapes": {n: shape_row(model["shapes"][n]) for n in reachable(model)},
    }


def text(model):
    def line(value):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=True)

    parts = [f'{line(k)}:{line(model[k])}' for k in ("botocore", "client", "metadata")]
    for section in ("operations", "shapes"):
        rows = ",\n".join(f"{line(n)}:{line(r)}" for n, r in model[section].items())
        parts.append(f'{line(section)}:{{\n{rows}\n}}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def folder_of(client):
    return client.replace("-", "_")


def main():
    import botocore
    from botocore.loaders import Loader

    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=root)
    parser.add_argument("clients", nargs="*")
    args = parser.parse_args()
    clients = args.clients or [json.loads(p.read_text())["client"]
                               for p in sorted(args.root.glob("services/*/model.json"))]
    loader = Loader()
    for client in clients:
        out = args.root / "services" / folder_of(client) / "model.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text(import_service(loader, client, botocore.__version__)))
        print(out.relative_to(args.root), file=sys.stderr)


if __name__ == "__main__":
    main()
