"""Documents made from botocore's shapes for test_oracle.py: minimal, maximal, with empty lists."""
import base64
import datetime
import json

DEPTH_MAX = 2      # of one shape within itself
TIME = datetime.datetime(2026, 11, 21, 5, 31, 45, tzinfo=datetime.timezone.utc)
TEXT = "a b+c/d&e=<f>%\"é\" 'g';"
PLAIN = "plain-text.1"


def typed(value):
    """JSON with the kinds it lacks, as squall_oracle writes and reads them."""
    if isinstance(value, dict):
        return {k: typed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [typed(v) for v in value]
    if isinstance(value, datetime.datetime):
        return {"$time": round(value.timestamp() * 1_000_000)}
    if isinstance(value, bytes):
        return {"$blob": base64.b64encode(value).decode()}
    return {"$real": repr(value)} if isinstance(value, float) else value


def untyped(value):
    if isinstance(value, list):
        return [untyped(v) for v in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (kind, inner), = value.items()
        if kind == "$time":
            return datetime.datetime.fromtimestamp(inner / 1e6, datetime.timezone.utc)
        if kind == "$blob":
            return base64.b64decode(inner)
        if kind == "$real":
            return float(inner)
    return {k: untyped(v) for k, v in value.items()}


def location(shape):
    return shape.serialization.get("location")


def is_raw(shape):
    return shape.type_name in ("string", "blob")


class Documents:
    def __init__(self, protocol, output):
        self.protocol, self.output = protocol, output
        self.xml = protocol in ("query", "ec2", "rest-xml")

    def inputs(self, operation):
        shape = operation.input_shape
        if shape is None:
            return [{}]
        return [self.minimal(shape), self.maximal(shape), self.with_empty_lists(shape)]

    def outputs(self, operation):
        shape = operation.output_shape
        if shape is None:
            return [{}]
        return [{}, self.maximal(shape), self.with_empty_lists(shape)]

    def minimal(self, shape):
        return {name: self.value(member, (shape.name,), True)
                for name, member in shape.members.items() if name in shape.required_members}

    def maximal(self, shape):
        out = {name: self.value(member, (shape.name,), False)
               for name, member in shape.members.items() if location(member) != "statusCode"}
        return self.one_of_union(shape, out)

    def with_empty_lists(self, shape):
        out = {} if self.output else self.minimal(shape)
        for name, member in shape.members.items():
            if member.type_name == "list" and location(member) is None:
                out[name] = []
        return self.one_of_union(shape, out)

    @staticmethod
    def one_of_union(shape, document):
        if shape.is_tagged_union and document:
            name = next(iter(document))
            return {name: document[name]}
        return document

    def value(self, shape, path, minimal):
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, path, minimal)
        if kind == "list":
            if path.count(shape.name) >= DEPTH_MAX:
                return []
            count = 1 if minimal else 2
            return [self.value(shape.member, path + (shape.name,), minimal)] * count
        if kind == "map":
            return self.map(shape, path, minimal)
        return self.scalar(shape)

    def structure(self, shape, path, minimal):
        if shape.is_document_type:
            return {"a": [1, "x", True, {"b": 1.5}]}
        out, wire_names = {}, set()
        for name, member in shape.members.items():
            if minimal and name not in shape.required_members:
                continue
            wire_name = member.serialization.get("name", name)
            if wire_name in wire_names:
                continue  # an old member and its successor: only one of them is ever sent
            wire_names.add(wire_name)
            if path.count(shape.name) >= DEPTH_MAX and member.type_name in ("structure", "list",
                                                                            "map"):
                continue
            out[name] = self.value(member, path + (shape.name,), minimal)
        return self.one_of_union(shape, out)

    def map(self, shape, path, minimal):
        if path.count(shape.name) >= DEPTH_MAX:
            return {}
        keys = shape.key.enum[:2] if getattr(shape.key, "enum", None) else ["key-1", "key-2"]
        return {k: self.value(shape.value, path + (shape.name,), minimal)
                for k in keys[:1 if minimal else 2]}

    def scalar(self, shape):
        kind = shape.type_name
        if shape.serialization.get("jsonvalue"):
            return {"a": [1, "x"]}
        if kind == "string":
            if shape.enum:
                return shape.enum[0]
            if location(shape) in ("header", "headers") or shape.serialization.get("hostLabel"):
                return PLAIN
            return TEXT
        if kind == "blob":
            raw = self.output and location(shape) is None
            return b"bytes" if raw else b"\x00\xff bytes \x80"
        if kind == "timestamp":
            return TIME
        if kind == "boolean":
            return True
        if kind in ("float", "double"):
            return 1.5
        return 1234567890123 if kind == "long" else -7

    # What arrives: the wire drops some distinctions.

    def as_received(self, params, shape):
        if shape is None:
            return {}
        out = {}
        for name, value in params.items():
            member = shape.members[name]
            if value == [] and (self.protocol in ("ec2",) or location(member)):
                continue
            received = self.received(value, member)
            if received is not None:
                out[name] = received
        return out

    def received(self, value, shape):
        kind = shape.type_name
        if kind == "structure" and not shape.is_document_type:
            out = {n: self.received(v, shape.members[n]) for n, v in value.items()}
            out = {n: v for n, v in out.items() if v is not None}
            form = self.protocol in ("query", "ec2")
            return None if form and not out else out
        if kind == "list":
            flat = self.protocol == "rest-xml" and shape.serialization.get("flattened")
            if not value and (self.protocol == "ec2" or flat):
                return None
            items = [self.received(v, shape.member) for v in value]
            items = [i for i in items if i is not None]
            return items if items or not value else None  # empty structures leave no trace
        if kind == "map":
            if not value and self.protocol in ("query", "ec2", "rest-xml"):
                return None
            return {k: self.received(v, shape.value) for k, v in value.items()}
        return value

    # What botocore makes of an answer.

    def as_parsed(self, document, shape):
        if shape is None:
            return {}
        out = {}
        for name, value in document.items():
            parsed = self.parsed(value, shape.members[name])
            if parsed is not None:
                out[name] = parsed
        for name, member in shape.members.items():
            if location(member) == "statusCode":
                out.setdefault(name, 200)
        payload = shape.serialization.get("payload")
        if payload and payload not in out:
            member = shape.members[payload]
            out[payload] = {} if not is_raw(member) else ""
        elif payload and isinstance(out[payload], bytes):
            out[payload] = out[payload].decode()
        for name, member in shape.members.items():
            if location(member) == "headers":
                out.setdefault(name, {})
        return out

    def parsed(self, value, shape):
        kind = shape.type_name
        if shape.serialization.get("jsonvalue") and location(shape) is None:
            return json.dumps(value, separators=(",", ":"))
        if kind == "structure" and not shape.is_document_type:
            out = {n: self.parsed(v, shape.members[n]) for n, v in value.items()}
            return {n: v for n, v in out.items() if v is not None}
        if kind == "list":
            if not value and self.xml and shape.serialization.get("flattened"):
                return None
            return [self.parsed(v, shape.member) for v in value]
        if kind == "map":
            if not value and self.xml and shape.serialization.get("flattened"):
                return None
            return {k: self.parsed(v, shape.value) for k, v in value.items()}
        return value
