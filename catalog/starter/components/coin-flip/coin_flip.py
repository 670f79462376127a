from typing import NamedTuple, Optional


def coin_flip(face: Optional[str] = None) -> NamedTuple("Outputs", [("result", str)]):
    """Flip a coin and return heads or tails.

    Args:
        face: Forces the result to heads or tails; leave it out for a random one.

    Returns:
        result: heads or tails.
    """
    import random
    import sys

    if not face:
        face = random.SystemRandom().choice(["heads", "tails"])
    if face not in ("heads", "tails"):
        sys.exit(f'face must be heads or tails, not "{face}"')
    print(f"The coin shows {face}.")
    return (face,)
