"""A service's patch.json: where AWS differs from its own model, as data.

    {"operations": {"CreateTable": {...}}, "shapes": {"TableName": {"min": 3, "pattern": null}}}

merges objects, and null removes.
"""


def merge(target, patch):
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict) and isinstance(target.get(key), dict):
            merge(target[key], value)
        else:
            target[key] = value


def apply_patch(model, patch):
    for section in ("metadata", "operations", "shapes"):
        merge(model[section], patch.get(section, {}))
    model["validation"] = patch.get("validation", {})
    model["wire"] = patch.get("wire", {})


def validation_row(model, text):
    del model, text
    return "{}"


WIRE_TEXTS = ("error_namespace", "request_id_header")
WIRE_FLAGS = ("crc32", "virtual_hosts", "bare_errors", "takes_unknown")


def wire_row(model, text):
    """WireFacts: how answers differ from the protocol's custom."""
    wire = model.get("wire", {})
    unknown = wire.keys() - set(WIRE_TEXTS) - set(WIRE_FLAGS)
    if unknown:
        raise SystemExit(f"patch.json: wire has no {sorted(unknown)}")
    values = [text(wire.get(k)) for k in WIRE_TEXTS] + [int(wire.get(k, False)) for k in WIRE_FLAGS]
    return "{" + ", ".join(map(str, values)) + "}"
