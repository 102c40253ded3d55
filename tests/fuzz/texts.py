"""Hostile plain text and mutated JSON. Knows no schema."""

import json
from random import Random
from typing import Any

# What tokenizers, chat templates and placeholders read as more than text.
CONTROL = (
    "<graph>",
    "</s>",
    "<s>",
    "<pad>",
    "<unk>",
    "<|im_start|>",
    "<|im_end|>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "<mol>CCO</mol>",
    "<mol>",
    "</mol>",
    "\U000fe0f0",
    "\U000f0000",
    "\U000f0001",
    "\U000f0000<graph>\U000f0001",
    "<gra",
    "ph>",
    "<<graph>>",
    "<\U000fe0f0graph>",
    "<\U000f0000graph>",
    "</\U000f0001s>",
    "{{ bos_token }}",
    "{% raw %}",
    "User:\n",
    "Assistant:\n",
)
WORDS = (
    "What is it?",
    "solubility",
    " ",
    "\n",
    "",
    "\x00",
    "\x1b[31m",
    "\ufeff",
    "é",
    "\u2028",
    "\U0001f9ea",
    "\ud800",
    "\udc80\ud83d",
    "a" * 500,
    "CCO",
    "%s",
    "{0}",
    "\\u0000",
    "'",
    '"',
    "\r\n",
    "\x85",
)
VALUES = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2,
    1e400,
    -0.0,
    float("nan"),
    2**31,
    2**63,
    -(2**63),
    10**40,
    0.5,
    "",
    "x",
    "\ud800",
    "<graph>",
    [],
    {},
    [[]],
    [None],
    {"": None},
    "C" * 5000,
    ["CCO"],
    {"type": "text", "text": "x"},
    {"type": "molecule", "smiles": "CCO"},
    "1",
    "null",
)


def hostile(random: Random, control: tuple[str, ...] = CONTROL) -> str:
    """Words with control texts between."""
    pool = (control, WORDS)
    return "".join(random.choice(pool[random.random() < 0.5]) for _ in range(random.randint(1, 6)))


def mutate_value(value: Any, random: Random) -> Any:
    """The same JSON with one thing in it changed."""
    if isinstance(value, dict) and value and random.random() < 0.85:
        name = random.choice(list(value))
        kind = random.random()
        if kind < 0.12:
            return {key: one for key, one in value.items() if key != name}
        if kind < 0.2:
            return {**value, random.choice(("extra", "", "role", "\ud800", name + " ")): value[name]}
        return {**value, name: mutate_value(value[name], random)}
    if isinstance(value, list) and value and random.random() < 0.85:
        place = random.randrange(len(value))
        kind = random.random()
        if kind < 0.1:
            return value[:place] + value[place + 1 :]
        if kind < 0.25:
            return value[:place] + [value[place]] * random.choice((2, 3, 40)) + value[place + 1 :]
        return [*value[:place], mutate_value(value[place], random), *value[place + 1 :]]
    if isinstance(value, str) and random.random() < 0.6:
        place = random.randint(0, len(value))
        return value[:place] + hostile(random) + value[place:]
    return random.choice(VALUES)


def mutate_bytes(body: bytes, random: Random) -> bytes:
    """The bytes of a file or request, cut, flipped, spliced, deeply nested or in another encoding."""
    kind, place = random.randrange(9), random.randint(0, len(body))
    if kind == 0:
        return body[:place]
    if kind == 1:
        return body[:place] + random.randbytes(random.randint(1, 9)) + body[place + random.choice((0, 1, 9)) :]
    if kind == 2 and place < len(body):
        return body[:place] + bytes([body[place] ^ 1 << random.randrange(8)]) + body[place + 1 :]
    if kind == 3:
        return body.decode("utf-8", "replace").encode(
            random.choice(("utf-16", "utf-16-le", "utf-8-sig", "utf-32", "cp1252")), "replace"
        )
    if kind == 4:
        depth = random.choice((10, 900, 5_000, 60_000))
        opening = random.choice((b"[", b'{"a":', b"(", b'"'))
        return body[:place] + opening * depth + body[place:]
    if kind == 5:
        end = random.randint(place, len(body))
        return body[:end] + body[place:end] + body[end:]
    if kind == 6:
        return random.randbytes(random.randint(0, 300))
    if kind == 7:
        return (
            body[:place]
            + random.choice(
                (
                    b"\x00",
                    b"\r",
                    b"\n",
                    b'"',
                    b"\xff\xfe",
                    b"\x1a",
                    b"\xef\xbb\xbf",
                    b"\\u0000",
                    b"\\ud800",
                    b"1e999",
                    b"9" * 5000,
                    b"NaN",
                )
            )
            + body[place:]
        )
    return body


def dumps(value: Any) -> bytes:
    """JSON as hostile clients write it: lone surrogates and NaN included."""
    return json.dumps(value, ensure_ascii=True).encode()
