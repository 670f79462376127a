def add(a: float, b: float = 1) -> float:
    """Add two numbers.

    Args:
        a: The first number.
        b: The second number.

    Returns:
        Their sum.
    """
    print(f"{a} + {b} = {a + b}")
    return a + b
