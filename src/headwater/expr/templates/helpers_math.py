"""The helpers that calculate."""

import math
import secrets
from collections.abc import Callable
from typing import Any

from headwater.expr.paths import MISSING
from headwater.expr.templates.helper_kind import MANY, Helper, count_of, list_of, number_of, refusal, text_of
from headwater.kernel.ids import new_uuid

Number = int | float


def _fold(name: str, calculate: Callable[[Number, Number], Number]) -> Helper:
    def call(first: Any, *others: Any) -> Number:
        result = number_of(name, first)
        for other in others:
            result = _checked(name, calculate, result, number_of(name, other))
        return result

    return Helper(call, 2, MANY)


def _checked(name: str, calculate: Callable[[Number, Number], Number], left: Number, right: Number) -> Number:
    try:
        return calculate(left, right)
    except (ArithmeticError, ValueError) as error:
        raise refusal(name, f"cannot work with {left} and {right}") from error


def _one(name: str, calculate: Callable[[Number], Number]) -> Helper:
    def call(value: Any) -> Number:
        try:
            return calculate(number_of(name, value))
        except (ArithmeticError, ValueError) as error:
            raise refusal(name, "got a number without end") from error

    return Helper(call, 1, 1)


def _numbers(name: str, arguments: tuple[Any, ...]) -> list[Number]:
    flat = [each for argument in arguments for each in list_of(argument)]
    return [number_of(name, each) for each in flat]


def _sum(*arguments: Any) -> Number:
    return sum(_numbers("sum", arguments))


def _average(*arguments: Any) -> Number:
    numbers = _numbers("avg", arguments)
    return sum(numbers) / len(numbers) if numbers else 0


def _round(value: Any, digits: Any = 0) -> Number:
    number, scale = number_of("round", value), 10.0 ** count_of("round", digits, 15)
    return math.floor(number * scale + 0.5) / scale


def _random(low: Any = 0, high: Any = 1_000_000_000) -> Any:
    if low == "UUID":
        return new_uuid()
    if low == "CRYPTO":
        return secrets.token_hex(count_of("random", high, 1_000))
    start, end = int(number_of("random", low)), int(number_of("random", high))
    if start > end:
        raise refusal("random", "wants the lower number first")
    return start + secrets.randbelow(end - start + 1)


def _fixed(value: Any, digits: Any = 0) -> str:
    return f"{number_of('toFixed', value):.{count_of('toFixed', digits, 100)}f}"


def _exponential(value: Any, digits: Any = MISSING) -> str:
    number = number_of("toExponential", value)
    places = (
        len(repr(float(number)).replace(".", "").lstrip("-0").rstrip("0")) - 1 if digits is MISSING else None
    )
    text = f"{number:.{places if places is not None else count_of('toExponential', digits, 100)}e}"
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{exponent[0]}{exponent[1:].lstrip('0') or '0'}"


def _precision(value: Any, digits: Any = MISSING) -> str:
    number = number_of("toPrecision", value)
    if digits is MISSING:
        return text_of(number)
    text = f"{number:#.{max(1, count_of('toPrecision', digits, 100))}g}".rstrip(".")
    mantissa, sign, exponent = text.partition("e")
    return f"{mantissa}e{exponent[0]}{exponent[1:].lstrip('0')}" if sign else text


def _add_commas(value: Any) -> str:
    whole, point, rest = text_of(number_of("addCommas", value)).partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.lstrip("-").isdigit() else whole + point + rest


def _bytes(value: Any, digits: Any = 2) -> str:
    number = number_of("bytes", value)
    units = ("B", "kB", "MB", "GB", "TB", "PB")
    power = 0
    while abs(number) >= 1000 and power < len(units) - 1:
        number, power = number / 1000, power + 1
    return f"{text_of(round(number, count_of('bytes', digits, 15)))} {units[power]}"


def _ordinalize(value: Any) -> str:
    number = int(number_of("ordinalize", value))
    suffix = "th" if 10 < abs(number) % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(abs(number) % 10, "th")
    return f"{number}{suffix}"


HELPERS: dict[str, Helper] = {
    "abs": _one("abs", abs),
    "add": _fold("add", lambda left, right: left + right),
    "avg": Helper(_average, 1, MANY),
    "ceil": _one("ceil", math.ceil),
    "divide": _fold("divide", lambda left, right: left / right),
    "floor": _one("floor", math.floor),
    "modulo": _fold("modulo", math.fmod),
    "multiply": _fold("multiply", lambda left, right: left * right),
    "random": Helper(_random, 0, 2),
    "round": Helper(_round, 1, 2),
    "subtract": _fold("subtract", lambda left, right: left - right),
    "sum": Helper(_sum, 1, MANY),
    "toExponential": Helper(_exponential, 1, 2),
    "toFixed": Helper(_fixed, 1, 2),
    "toPrecision": Helper(_precision, 1, 2),
    "addCommas": Helper(_add_commas, 1, 1),
    "bytes": Helper(_bytes, 1, 2),
    "ordinalize": Helper(_ordinalize, 1, 1),
}
