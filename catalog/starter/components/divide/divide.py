from typing import NamedTuple


def divide(dividend: float, divisor: float) -> NamedTuple("Outputs", [("quotient", float), ("remainder", float)]):
    """Divide two numbers into a whole quotient and a remainder.

    Args:
        dividend: What is divided.
        divisor: By what it is divided; not 0.

    Returns:
        quotient: How often the divisor is contained, a whole number.
        remainder: What is left over, with the sign of the divisor.
    """
    from collections import namedtuple

    quotient, remainder = divmod(dividend, divisor)
    print(f"{dividend} / {divisor} = {quotient}, remainder {remainder}")
    return namedtuple("Outputs", ["quotient", "remainder"])(quotient, remainder)
