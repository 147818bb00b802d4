"""An oracle for DynamoDB's values and conditions that shares nothing with the emulator: numbers are
Python's decimals, conditions are trees walked by a naive evaluator, sizes are those of AWS's guide.
Attribute values are the API's own: {"N": "1"}, {"L": [...]}."""
import base64
import decimal
import random

EXACT = decimal.Context(prec=600, Emax=999999, Emin=-999999)
DIGITS, LARGEST, SMALLEST = 38, 125, -130  # significant digits, exponents of the first digit
TYPES = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"]


# --- numbers -------------------------------------------------------------------------------------

def fits(value):
    """None, or the words of the refusals, any of which may come first."""
    if value == 0:
        return []
    stripped = value.normalize(EXACT)
    refusals = []
    if stripped.adjusted() > LARGEST:
        refusals.append("Number overflow. Attempting to store a number with magnitude larger than "
                        "supported range")
    if stripped.adjusted() < SMALLEST:
        refusals.append("Number underflow. Attempting to store a number with magnitude smaller "
                        "than supported range")
    if len(stripped.as_tuple().digits) > DIGITS:
        refusals.append("Attempting to store more than 38 significant digits in a Number")
    return refusals


def normal_form(value):
    """As DynamoDB gives a number back: no exponent, no zeros that say nothing."""
    text = format(value.normalize(EXACT), "f") if value else "0"
    return text


def number_text(rng):
    """A number in one of the many ways to write it; some do not fit."""
    digits = rng.choice([1, 1, 2, 3, 7, 20, 37, 38, 38, 39, 45])
    mantissa = "".join(rng.choice("0123456789") for _ in range(digits))
    if rng.random() < 0.2:
        mantissa = rng.choice(["9" * digits, "0" * digits, "1" + "0" * (digits - 1)])
    point = rng.choice([None, None, rng.randint(0, digits)])
    if point is not None:
        mantissa = (mantissa[:point] or "0") + "." + (mantissa[point:] or "0")
    mantissa = "0" * rng.choice([0, 0, 1, 5]) + mantissa
    exponent = rng.choice(["", "", "", f"E{rng.randint(-12, 12)}", f"e+{rng.randint(0, 130)}",
                           f"E{rng.randint(-175, 130)}", f"E{rng.choice([124, 125, 126])}",
                           f"E-{rng.choice([129, 130, 131])}"])
    return rng.choice(["", "", "-", "+"]) + mantissa + exponent


def small_number(rng):
    return rng.choice(["0", "1", "-1", "2", "10", "1.5", "-0.25", "99", "100", "1E2", "0.10",
                       "12345678901234567890123456789012345678", "-1E-130", "9E125"])


# --- values --------------------------------------------------------------------------------------

WORDS = ["", "a", "b", "ab", "abc", "hello", "hell", "\u00e9", "Z", "z\x00"]
BLOBS = [b"", b"\x00", b"\x00\x01", b"\xff", b"ab", b"abc"]


def blob(raw):
    return base64.b64encode(raw).decode()


def random_value(rng, depth=2):
    kind = rng.choice(TYPES if depth else TYPES[:8])
    if kind == "S":
        return {"S": rng.choice(WORDS)}
    if kind == "N":
        return {"N": small_number(rng)}
    if kind == "B":
        return {"B": blob(rng.choice(BLOBS))}
    if kind == "BOOL":
        return {"BOOL": rng.random() < 0.5}
    if kind == "NULL":
        return {"NULL": True}
    if kind in ("SS", "BS"):
        pool = WORDS if kind == "SS" else [blob(b) for b in BLOBS]
        return {kind: rng.sample(pool, rng.randint(1, 3))}
    if kind == "NS":
        return {"NS": rng.sample(["0", "1", "-1", "2.5", "1E3", "7"], rng.randint(1, 3))}
    if kind == "L":
        return {"L": [random_value(rng, depth - 1) for _ in range(rng.randint(0, 3))]}
    return {"M": {name: random_value(rng, depth - 1)
                  for name in rng.sample(["p", "q", "r"], rng.randint(0, 3))}}


def meaning(value):
    """A Python object that is equal for equal values and different for different ones."""
    (kind, content), = value.items()
    if kind == "N":
        return kind, decimal.Decimal(content)
    if kind == "B":
        return kind, base64.b64decode(content)
    if kind == "SS":
        return kind, frozenset(content)
    if kind == "NS":
        return kind, frozenset(decimal.Decimal(n) for n in content)
    if kind == "BS":
        return kind, frozenset(base64.b64decode(b) for b in content)
    if kind == "L":
        return kind, tuple(meaning(v) for v in content)
    if kind == "M":
        return kind, frozenset((k, meaning(v)) for k, v in content.items())
    return kind, content


def order(value):
    """What values of one type are ordered by."""
    (kind, content), = value.items()
    return {"N": decimal.Decimal, "B": base64.b64decode,
            "S": lambda s: s.encode()}[kind](content)


def number_bytes(text):
    """A byte for two significant digits, one more, and one for a minus."""
    value = decimal.Decimal(text).normalize(EXACT)
    if value == 0:
        return 1
    return (len(value.as_tuple().digits) + 1) // 2 + 1 + (value < 0)


def value_bytes(value):
    (kind, content), = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return number_bytes(content)
    if kind == "B":
        return len(base64.b64decode(content))
    if kind == "SS":
        return sum(len(s.encode()) for s in content)
    if kind == "NS":
        return sum(number_bytes(n) for n in content)
    if kind == "BS":
        return sum(len(base64.b64decode(b)) for b in content)
    if kind == "L":
        return 3 + sum(1 + value_bytes(v) for v in content)
    if kind == "M":
        return 3 + sum(1 + len(k.encode()) + value_bytes(v) for k, v in content.items())
    return 1


def item_bytes(item):
    return sum(len(name.encode()) + value_bytes(v) for name, v in item.items())


# --- conditions ----------------------------------------------------------------------------------
# A condition is a tuple: (word, arguments...). Operands are ("path", steps), ("value", value) or
# ("size", path).

PATHS = [("a",), ("b",), ("c",), ("gone",), ("a", "p"), ("a", "q", "r"), ("b", 0), ("b", 1, "p"),
         ("c", "p", 2), ("c", 5)]


def random_item(rng):
    item = {"pk": {"S": "k"}}
    for name in rng.sample(["a", "b", "c"], rng.randint(1, 3)):
        item[name] = random_value(rng, 3)
    return item


def near(rng, item):
    """A literal: often a value that stands somewhere in the item, so that equalities happen."""
    values = [v for v in (at(item, p) for p in PATHS) if v is not None]
    return rng.choice(values) if values and rng.random() < 0.6 else random_value(rng)


def random_operand(rng, item):
    roll = rng.random()
    if roll < 0.55:
        return "path", rng.choice(PATHS)
    if roll < 0.65:
        return "size", rng.choice(PATHS)
    return "value", near(rng, item)


def random_condition(rng, item, depth=3):
    if depth and rng.random() < 0.55:
        word = rng.choice(["AND", "OR", "NOT"])
        count = 1 if word == "NOT" else 2
        return (word, *(random_condition(rng, item, depth - 1) for _ in range(count)))
    path = ("path", rng.choice(PATHS))
    word = rng.choice(["=", "<>", "<", "<=", ">", ">=", "BETWEEN", "IN", "attribute_exists",
                       "attribute_not_exists", "attribute_type", "begins_with", "contains"])
    if word.startswith("attribute"):
        typed = word == "attribute_type"
        return (word, path, *([("value", {"S": rng.choice(TYPES)})] if typed else []))
    if word in ("begins_with", "contains"):
        return word, path, ("value", near(rng, item))
    first = rng.choice([path, ("size", path[1])])
    if word == "IN":
        return (word, first, *(("value", near(rng, item)) for _ in range(rng.randint(1, 4))))
    if word == "BETWEEN":
        return word, first, ("value", near(rng, item)), ("value", near(rng, item))
    return word, first, random_operand(rng, item)


def at(item, path):
    value = item.get(path[0])
    for step in path[1:]:
        if value is None:
            return None
        if isinstance(step, int):
            inside = value.get("L", [])
            value = inside[step] if step < len(inside) else None
        else:
            value = value.get("M", {}).get(step)
    return value


def operand(item, arg):
    if arg[0] == "value":
        return arg[1]
    value = at(item, arg[1])
    if arg[0] == "path" or value is None:
        return value
    (kind, content), = value.items()
    if kind in ("N", "BOOL", "NULL"):
        return None
    return {"N": str(len(base64.b64decode(content) if kind == "B" else content))}


def same(a, b):
    return a is not None and b is not None and meaning(a) == meaning(b)


def in_order(word, a, b):
    if a is None or b is None or list(a) != list(b) or list(a)[0] not in ("S", "N", "B"):
        return False
    a, b = order(a), order(b)
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[word]


def contains(whole, part):
    if whole is None:
        return False
    (kind, content), = whole.items()
    (part_kind, inside), = part.items()
    if kind == "S":
        return part_kind == "S" and inside in content
    if kind == "B":
        return part_kind == "B" and base64.b64decode(inside) in base64.b64decode(content)
    if kind in ("SS", "NS", "BS"):
        return part_kind == kind[0] and any(same({part_kind: e}, part) for e in content)
    return kind == "L" and any(same(e, part) for e in content)


def begins_with(value, start):
    if value is None or list(value) != list(start) or list(value)[0] not in ("S", "B"):
        return False
    return order(value).startswith(order(start))


def holds(condition, item):
    word, *args = condition
    if word == "AND":
        return all(holds(c, item) for c in args)
    if word == "OR":
        return any(holds(c, item) for c in args)
    if word == "NOT":
        return not holds(args[0], item)
    values = [operand(item, arg) for arg in args]
    first = values[0]
    if word == "=":
        return same(*values)
    if word == "<>":
        return not same(*values)
    if word == "BETWEEN":
        return in_order(">=", first, values[1]) and in_order("<=", first, values[2])
    if word == "IN":
        return any(same(first, v) for v in values[1:])
    if word == "attribute_exists":
        return first is not None
    if word == "attribute_not_exists":
        return first is None
    if word == "attribute_type":
        return first is not None and list(first)[0] == values[1]["S"]
    if word == "begins_with":
        return begins_with(first, values[1])
    if word == "contains":
        return contains(first, values[1])
    return in_order(word, first, values[1])


def is_refused(condition):
    """Whether DynamoDB refuses it without looking at any item."""
    word, *args = condition
    if word in ("AND", "OR", "NOT"):
        return any(is_refused(c) for c in args)
    literals = [list(a[1])[0] for a in args if a[0] == "value"]
    if word in ("<", "<=", ">", ">=", "BETWEEN") and any(
            t not in ("S", "N", "B") for t in literals):
        return True
    if word == "BETWEEN":
        low, high = args[1][1], args[2][1]
        return list(low) != list(high) or order(low) > order(high)
    if word == "begins_with":
        return literals[0] not in ("S", "B")
    paths = [a for a in args if a[0] == "path"]
    return len(paths) == 2 and paths[0] == paths[1]  # "must be distinct"


class Text:
    """A condition as a request's members; parentheses only where they are needed."""

    def __init__(self, condition, rng):
        self.names, self.values, self.rng = {}, {}, rng
        self.text = self.of(condition)

    def members(self, member):
        out = {member: self.text}
        if self.names:
            out["ExpressionAttributeNames"] = self.names
        if self.values:
            out["ExpressionAttributeValues"] = self.values
        return out

    def path(self, steps):
        text = ""
        for step in steps:
            if isinstance(step, int):
                text += f"[{step}]"
                continue
            if self.rng.random() < 0.3:
                self.names[f"#{step}"] = step
                step = f"#{step}"
            text += ("." if text else "") + step
        return text

    def arg(self, arg):
        if arg[0] == "path":
            return self.path(arg[1])
        if arg[0] == "size":
            return f"size({self.path(arg[1])})"
        name = f":v{len(self.values)}"
        self.values[name] = arg[1]
        return name

    def of(self, condition, binding=0):
        """`binding`: how strongly the surroundings bind: OR 1, AND 2, NOT 3."""
        word, *args = condition
        if word in ("AND", "OR", "NOT"):
            own = {"OR": 1, "AND": 2, "NOT": 3}[word]
            if word == "NOT":
                text = f"NOT {self.of(args[0], 3)}"
            else:
                text = f"{self.of(args[0], own)} {word} {self.of(args[1], own)}"
            return f"({text})" if own < binding else text
        shown = [self.arg(a) for a in args]
        if word == "BETWEEN":
            return f"{shown[0]} BETWEEN {shown[1]} AND {shown[2]}"
        if word == "IN":
            return f"{shown[0]} IN ({', '.join(shown[1:])})"
        if word[0].islower():
            return f"{word}({', '.join(shown)})"
        return f"{shown[0]} {word} {shown[1]}"


def seeded(name):
    return random.Random(f"dynamodb {name}")
