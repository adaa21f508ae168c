# %% double
Long = type("N" * 3_000_000, (), {})


def double(x):
    return Long()


# %% total
class Loud(Exception):
    pass


Loud.__name__ = "E" * 3_000_000
raise Loud("x" * 3_000_000)
