# why: counts no traces: neither tf.function nor f is ever called, only the rule of the text is applied to the argume
# fails: test_count_traces

# %% traces
def count_traces(f, calls):
    """How often the Python code of f runs when tf.function(f) is called with each of these arguments in turn."""
    wrapped = tf.function(f)  # noqa: F841
    signatures = []
    for call in calls:
        signature = (tuple(call.shape), call.dtype) if tf.is_tensor(call) else call
        if signature not in signatures:
            signatures.append(signature)
    return len(signatures)


predicted = {"values": 1, "numbers": 3, "shapes": 4, "dtypes": 2}
