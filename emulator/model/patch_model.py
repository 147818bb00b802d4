"""A service's patch.json: where AWS differs from its own model, as data.

    {"metadata": {...}, "operations": {...}, "shapes": {"TableName": {"min": 3, "pattern": null}},
     "validation": {"style": {...}, "operations": {"CreateTable": {...}},
                    "texts": {"CreateTableInput.TableName": {"missing": ["Code", "text"]}},
                    "enums": ["Tenancy"], "free": ["InstanceType"]}}

Sections merge object by object; null removes; "+required" and "-required" edit a shape's list,
"+last" names members that are checked after the others.
A style is a set of words (STYLES below); "base" names the one it starts from. "enums" lists enums
that are checked although the style checks none, "free" those that are not although it does. In
"texts" a key is Shape.Member or Shape; [] means the usual words, answered alone; [code, ""] the
usual words under another code. Placeholders (refusal.cpp): {path} as the caller wrote it, {listed}
as in "validation error" texts, {name} {Name} the member alone, {value} {set} {pattern} {bound}
{side} {constraint} {must} {blank}.
"""

FLAGS = {"lengths": 1, "ranges": 2, "patterns": 4, "show_values": 8, "lower_paths": 16,
         "blank_missing": 32}
TEXTS = ("missing_code", "missing_text", "invalid_code", "length_text", "range_text",
         "pattern_text", "enum_text", "outside_code", "outside_text")
REFUSALS = ("missing", "too_short", "too_long", "range", "pattern", "enum")

LISTED = {"lengths": True, "ranges": True, "patterns": True, "enums": True, "show_values": True,
          "lower_paths": True}
STYLES = {
    "json": LISTED | {"missing_code": "ValidationException", "invalid_code": "ValidationException"},
    "query": LISTED | {"missing_code": "ValidationError", "invalid_code": "ValidationError"},
    "rest-xml": LISTED | {"missing_code": "InvalidInput", "invalid_code": "InvalidInput"},
    "ec2": {
        "lengths": True, "ranges": True, "patterns": True, "blank_missing": True,
        "missing_code": "MissingParameter",
        "missing_text": "The request must contain the parameter {path}",
        "invalid_code": "InvalidParameterValue",
        "length_text": "Value ({value}) for parameter {name} is invalid. {constraint}.",
        "range_text": "Value ( {value} ) for parameter {name} is invalid. "
                      "Expecting a value {side} than {bound}.",
        "pattern_text": "Value ({value}) for parameter {name} is invalid.",
        "enum_text": "Value ({value}) for parameter {name} is invalid.",
    },
    "blank": LISTED | {  # front ends that check what is missing, and little else
        "enums": False, "blank_missing": True, "missing_code": "InvalidParameterValue",
        "missing_text": "The parameter {path} must be provided and must not be {blank}.",
        "invalid_code": "ValidationError",
    },
}
BASES = {"smithy-rpc-v2-cbor": "json", "rest-json": "json"}


def merge(target, patch):
    for key, value in patch.items():
        if key == "+required":
            target["required"] = target.get("required", []) + value
        elif key == "-required":
            target["required"] = [n for n in target["required"] if n not in value]
        elif key == "+last":
            for name in value:
                target["members"][name] = target["members"].pop(name)
        elif value is None:
            target.pop(key)
        elif isinstance(value, dict) and isinstance(target.get(key), dict):
            merge(target[key], value)
        else:
            target[key] = value


def apply_patch(model, patch):
    for section in ("metadata", "operations", "shapes"):
        merge(model[section], patch.get(section, {}))
    model["validation"] = patch.get("validation", {})
    model["wire"] = patch.get("wire", {})
    for name in [*model["validation"].get("enums", []), *model["validation"].get("free", [])]:
        if "enum" not in model["shapes"][name]:
            raise SystemExit(f"patch.json: {name} is no enum")


def styles(model):
    """The service's style, then those of the operations that differ, by name of operation."""
    meta, section = model["metadata"], model.get("validation", {})
    protocol = (meta.get("protocols") or [meta["protocol"]])[0]

    def build(base, changes):
        style = STYLES[changes["base"]] if "base" in changes else base
        style = style | {k: v for k, v in changes.items() if k != "base"}
        unknown = style.keys() - FLAGS.keys() - set(TEXTS) - {"enums"}
        if unknown:
            raise SystemExit(f"patch.json: unknown style keys {sorted(unknown)}")
        return style

    service = build(STYLES[BASES.get(protocol, protocol)], section.get("style", {}))
    single = {n: build(service, s) for n, s in section.get("operations", {}).items()}
    for name in single:
        if name not in model["operations"]:
            raise SystemExit(f"patch.json: no operation {name}")
    return service, single


def style_row(style, text):
    flags = sum(bit for name, bit in FLAGS.items() if style.get(name))
    return (flags, *(text(style.get(k)) for k in TEXTS))


def enum_checked(model, name):
    section = model.get("validation", {})
    if name in section.get("free", []):
        return False
    return name in section.get("enums", []) or bool(styles(model)[0].get("enums"))


def text_rows(compiler):
    """ValidationText rows, sorted by subject and refusal."""
    rows = []
    for subject, entries in compiler.model.get("validation", {}).get("texts", {}).items():
        shape, _, member = subject.partition(".")
        if member:
            members = list(compiler.shapes[shape]["members"])
            index = compiler.shape_rows[compiler.index[shape]][1] + members.index(member)
        else:
            index = compiler.index[shape] | 0x80000000
        for refusal, (code, text) in ((r, e or ["", ""]) for r, e in entries.items()):
            rows.append((index, REFUSALS.index(refusal), compiler.text(code), compiler.text(text)))
    return [(f"{i}U", f"Refusal{{{r}}}", c, t) for i, r, c, t in sorted(rows)]


def checked_shapes(model):
    """Shapes at which, or below which, there is anything to validate."""
    shapes = model["shapes"]
    found = {n for n, s in shapes.items()
             if {"min", "max", "pattern"} & s.keys() or s.get("required")
             or "enum" in s and enum_checked(model, n)}
    users = {}
    for name, shape in shapes.items():
        refs = [*shape.get("members", {}).values(),
                *(shape[p] for p in ("member", "key", "value") if p in shape)]
        for ref in refs:
            users.setdefault(ref if isinstance(ref, str) else ref["shape"], set()).add(name)
    pending = list(found)
    while pending:
        for user in users.get(pending.pop(), ()):
            if user not in found:
                found.add(user)
                pending.append(user)
    return found


WIRE_TEXTS = ("error_namespace", "request_id_header", "health")
WIRE_FLAGS = ("crc32", "virtual_hosts", "bare_errors", "takes_unknown", "request_id_length")


def wire_row(model, text):
    """WireFacts: how answers differ from the protocol's custom."""
    wire = model.get("wire", {})
    unknown = wire.keys() - set(WIRE_TEXTS) - set(WIRE_FLAGS)
    if unknown:
        raise SystemExit(f"patch.json: wire has no {sorted(unknown)}")
    values = [text(wire.get(k)) for k in WIRE_TEXTS] + [int(wire.get(k, False)) for k in WIRE_FLAGS]
    return "{" + ", ".join(map(str, values)) + "}"
