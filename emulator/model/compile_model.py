#!/usr/bin/env python3
"""compile_model.py services/FOLDER/model.json OUT.cpp: one service's constant tables for model.h.

A patch.json beside the model is applied first (see patch_model.py). The rows only hold numbers;
every text is an offset into one pooled array of characters.
"""
import json
import pathlib
import sys

import patch_model

TYPES = {"long": "long_", "float": "float_", "double": "double_"}
LOCATIONS = {"statusCode": "status_code"}
TIMESTAMPS = {"iso8601": "iso8601", "rfc822": "rfc822", "unixTimestamp": "unix_timestamp"}
PROTOCOLS = {"query": "query", "ec2": "ec2", "rest-json": "rest_json", "rest-xml": "rest_xml",
             "smithy-rpc-v2-cbor": "rpc_v2_cbor", "json1.0": "json10", "json1.1": "json11"}
SHAPE_FLAGS = (("exception", 1), ("sender_fault", 2), ("union", 4), ("document", 8),
               ("eventstream", 16), ("flattened", 32), ("streaming", 64), ("sensitive", 128),
               ("wrapper", 256), ("query_error", 512), ("pattern", 1024), ("required", 2048),
               ("checked", 4096), ("enum_checked", 8192))
MEMBER_FLAGS = (("required", 1), ("flattened", 2), ("xmlAttribute", 4), ("idempotencyToken", 8),
                ("streaming", 16), ("hostLabel", 32), ("eventpayload", 64), ("eventheader", 128),
                ("jsonvalue", 256), ("deprecated", 512))
INHERITED = ("locationName", "flattened", "streaming", "timestampFormat", "xmlNamespace",
             "jsonvalue")


class Strings:
    """The pool: equal texts are kept once; offset 0 is the empty text."""

    def __init__(self):
        self.offsets, self.order, self.end = {"": 0}, [""], 1

    def __call__(self, text):
        text = text or ""
        if text not in self.offsets:
            raw = text.encode()
            if 0 in raw:
                raise SystemExit(f"a NUL in {text!r}")
            self.offsets[text] = self.end
            self.order.append(text)
            self.end += len(raw) + 1
        return self.offsets[text]

    def tag(self, name):
        """The offset of the name in its closing XML tag: a writer copies either whole."""
        return self(f"</{name}>") + 2

    def literals(self):
        # Writers copy names by words: what they read beyond the last one is there too.
        return "\n".join(literal(t) for t in (*self.order, "\0" * 32))


def literal(text):
    out = []
    for byte in text.encode():
        if byte in b'"\\?':
            out.append("\\" + chr(byte))
        elif 32 <= byte < 127:
            out.append(chr(byte))
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out) + '\\0"'


def flags(source, table):
    return sum(bit for name, bit in table if source.get(name))


def namespace(source):
    ns = source.get("xmlNamespace") or {}
    return (ns, "") if isinstance(ns, str) else (ns.get("uri", ""), ns.get("prefix", ""))


class Compiler:
    def __init__(self, model):
        self.model = model
        self.shapes = model["shapes"]
        self.index = {n: i for i, n in enumerate(sorted(self.shapes))}
        self.text = Strings()
        self.shape_rows, self.member_rows, self.enums = [], [], []
        self.errors, self.constraints, self.operation_rows = [], {}, []
        self.checked = patch_model.checked_shapes(model)
        service, single = patch_model.styles(model)
        self.style_rows = [patch_model.style_row(s, self.text)
                           for s in (service, *(single[n] for n in sorted(single)))]
        self.style_of = {n: i + 1 for i, n in enumerate(sorted(single))}

    def member(self, name, ref, required=()):
        ref = {"shape": ref} if isinstance(ref, str) else ref
        shape = self.shapes[ref["shape"]]
        merged = {k: shape[k] for k in INHERITED if k in shape} | ref
        uri, prefix = namespace(merged)
        stamp = TIMESTAMPS.get(merged.get("timestampFormat"), "unspecified")
        location = ref.get("location", "body")
        row = (self.text(name), self.index[ref["shape"]],
               self.text.tag(merged.get("locationName", name)), self.text(ref.get("queryName")),
               self.text(uri), self.text(prefix),
               flags(merged | {"required": name in required}, MEMBER_FLAGS),
               "l_" + LOCATIONS.get(location, location), "f_" + stamp,
               len(name.encode()), len(merged.get("locationName", name).encode()))
        self.member_rows.append(row)

    def constraint(self, shape):
        if not {"min", "max", "pattern"} & shape.keys():
            return 0
        row = (repr(float(shape.get("min", 0))), repr(float(shape.get("max", 0))),
               self.text(shape.get("pattern")), int("min" in shape), int("max" in shape))
        return self.constraints.setdefault(row, len(self.constraints) + 1)

    def contents(self, shape):
        """The first index and the count of a shape's members or enum values."""
        kind = shape["type"]
        if kind == "string":
            first = len(self.enums)
            self.enums += [self.text(v) for v in shape.get("enum", [])]
            return first, len(self.enums) - first
        first = len(self.member_rows)
        for name, ref in shape.get("members", {}).items():
            self.member(name, ref, shape.get("required", ()))
        for part in ("member", "key", "value"):
            if part in shape:
                self.member(part, shape[part])
        return first, len(self.member_rows) - first

    def shape(self, name):
        shape = self.shapes[name]
        error = shape.get("error", {})
        code = error.get("code", name) if shape.get("exception") else ""
        fault = shape.get("fault") or error.get("fault")
        status = error.get("httpStatusCode", 500 if fault else 400) if code else 0
        first, count = self.contents(shape)
        payload = list(shape["members"]).index(shape["payload"]) + 1 if "payload" in shape else 0
        derived = {"sender_fault": code and not fault and status < 500,
                   "query_error": code not in ("", name), "checked": name in self.checked,
                   "enum_checked": "enum" in shape
                                   and patch_model.enum_checked(self.model, name)}
        self.shape_rows.append((
            self.text(name), first, self.text(code), self.constraint(shape),
            self.text(namespace(shape)[0]), count, flags(shape | derived, SHAPE_FLAGS), status,
            payload, "t_" + TYPES.get(shape["type"], shape["type"]),
            "f_" + TIMESTAMPS.get(shape.get("timestampFormat"), "unspecified")))

    def operation_flags(self, op):
        sides = [op[s]["shape"] for s in ("input", "output") if s in op]
        members = [r["shape"] if isinstance(r, dict) else r
                   for s in sides for r in self.shapes[s].get("members", {}).values()]
        checksum = op.get("httpChecksum", {})
        return (1 * any(self.shapes[m].get("eventstream") for m in members)
                | 2 * (op.get("authtype") == "none")
                | 4 * bool(checksum.get("requestChecksumRequired")
                           or op.get("httpChecksumRequired"))
                | 8 * ("requestcompression" in op) | 16 * ("hostPrefix" in op)
                | 32 * bool(op.get("deprecated")))

    def operation(self, name):
        op = self.model["operations"][name]
        http, first = op["http"], len(self.errors)
        self.errors += [self.index[e] for e in op.get("errors", [])]
        source, target = op.get("input", {}), op.get("output", {})
        page = op.get("paginator", {})

        def token(key):
            value = page.get(key, "")
            return self.text(",".join(value) if isinstance(value, list) else value)

        self.operation_rows.append((
            self.text(name), self.index[source["shape"]] + 1 if source else 0,
            self.index[target["shape"]] + 1 if target else 0, first,
            self.text(http["requestUri"]), self.text(http["method"]),
            self.text(target.get("resultWrapper")), self.text(op.get("hostPrefix")),
            self.text(source.get("locationName")), self.text(namespace(source)[0]),
            len(self.errors) - first, http.get("responseCode", 200), self.operation_flags(op),
            token("input_token"), token("output_token"), token("limit_key"), token("result_key"),
            self.style_of.get(name, 0)))

    def protocols(self):
        meta = self.model["metadata"]
        names = meta.get("protocols") or [meta["protocol"]]
        return ["Protocol::" + PROTOCOLS["json" + meta["jsonVersion"] if n == "json" else n]
                for n in names]

    def by_code(self):
        exceptions = [n for n in sorted(self.shapes) if self.shapes[n].get("exception")]
        exceptions.sort(key=lambda n: self.shapes[n].get("error", {}).get("code", n).encode())
        return [self.index[n] for n in exceptions]

    def service(self, name):
        meta = self.model["metadata"]
        texts = [meta["serviceId"], self.model["client"],
                 meta.get("signingName", meta["endpointPrefix"]), meta["endpointPrefix"],
                 meta["apiVersion"], meta.get("targetPrefix"), meta.get("xmlNamespace")]
        numbers = [self.text(t) for t in texts]
        numbers += [int("awsQueryCompatible" in meta), int(meta.get("global", False))]
        return (f"const Tables {name} = {{\n"
                "  strings, shapes, members, enums, errors, constraints,\n"
                f"  operations, protocols, {', '.join(map(str, numbers))},\n"
                "  errors_by_code, styles, texts, patterns,\n"
                f"  {patch_model.wire_row(self.model, self.text)},\n}};")

    def compile(self, name):
        for shape in sorted(self.shapes):
            self.shape(shape)
        for operation in sorted(self.model["operations"]):
            self.operation(operation)
        service, texts = self.service(name), patch_model.text_rows(self)
        protocols = self.protocols()
        return "\n".join([
            "// Written by emulator/model/compile_model.py.",
            '#include "models/generated.h"',
            "namespace squall::model::generated {\nnamespace {",
            aliases("t_", "ShapeType", sorted({r[9] for r in self.shape_rows})),
            aliases("l_", "Location", sorted({r[7] for r in self.member_rows})),
            aliases("f_", "TimestampFormat", sorted({r[10] for r in self.shape_rows}
                                                    | {r[8] for r in self.member_rows})),
            f"const char strings[] =\n{self.text.literals()};",
            rows("ShapeRow", "shapes", self.shape_rows),
            rows("MemberRow", "members", self.member_rows),
            numbers("enums", self.enums), numbers("errors", self.errors),
            numbers("errors_by_code", self.by_code()),
            rows("ConstraintRow", "constraints", self.constraints),
            rows("OperationRow", "operations", self.operation_rows),
            rows("ValidationStyle", "styles", self.style_rows),
            rows("ValidationText", "texts", texts),
            f"std::atomic<void*> patterns[{len(self.constraints) + 1}];",
            f"const Protocol protocols[] = {{{', '.join(protocols)}}};", "}  // namespace", service,
            "}  // namespace squall::model::generated\n"])


def aliases(prefix, enum, names):
    return "\n".join(f"constexpr auto {n} = {enum}::{n[len(prefix):]};" for n in names)


def rows(kind, name, values):
    if not values:
        return f"const std::span<const {kind}> {name};"
    body = "\n".join("{" + ",".join(map(str, v)) + "}," for v in values)
    return f"const {kind} {name}[] = {{\n{body}\n}};"


def numbers(name, values):
    if not values:
        return f"const std::span<const uint32_t> {name};"
    return f"const uint32_t {name}[] = {{{','.join(map(str, values))}}};"


def main():
    source, out = map(pathlib.Path, sys.argv[1:])
    model = json.loads(source.read_text())
    patch = source.with_name("patch.json")
    if patch.exists():
        patch_model.apply_patch(model, json.loads(patch.read_text()))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(Compiler(model).compile(source.parent.name))


if __name__ == "__main__":
    main()
