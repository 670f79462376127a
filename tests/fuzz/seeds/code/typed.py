import kfp
from typing import NamedTuple, Optional, List
from kfp.components import InputPath, OutputPath, create_component_from_func


def helper(): pass


@create_component_from_func
def train_model(
    table_path: InputPath("CSV"),  # the table
    rate: float = 1e-3,
    rounds: int = 1_000,
    tags: List[str] = ["a", 'b"c', "ü"],
    options: dict = {"deep": {"x": [1, 2.5, None, True]}},
    loud: bool = False,
    note: Optional[str] = None,
    text: str = "it's \"$(x)\" {{x}} \\ \u00fc\n",
    model_file_path: OutputPath("Model") = None,
) -> NamedTuple("Outputs", [("accuracy", float), ("report", dict), ("name", str)]):
    """Trains a model.

    Second paragraph.

    Args:
        table_path: The table
            to read.
        rate (float): How fast.
        note: What to say.

    Returns:
        accuracy: Share that is right.
    """
    import json
    from collections import namedtuple
    return (0.5, {"a": 1}, "m")


print(1)
