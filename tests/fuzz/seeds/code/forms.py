def f(a: int | None = None, *, b: "X" = """t
""") -> NamedTuple("O", [("a", list)]):
	"""Doc.

	Args:
		a: x
	Returns:
		a: y
	"""
	return ([],)
