# why: scikit-learn's and SciPy's copies of the array API's function
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
def found():
    from importlib import import_module
    for path in ("sklearn.externals.array_api_extra._manipulation", "scipy._lib.array_api_extra._lib._funcs"):
        try:
            yield import_module(path).broadcast_shapes
        except (ImportError, AttributeError):
            pass

TOGETHER = list(found())

def broadcast_shape(a, b):
    for together in TOGETHER:
        try:
            return tuple(together(a, b))
        except RuntimeError:
            continue
    raise RuntimeError("no library does it")
