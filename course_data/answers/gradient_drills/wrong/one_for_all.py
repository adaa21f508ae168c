# why: the constant 1 for each prediction
# fails: test_predicted

# %% traces
def count_traces(f, calls):
    traced = []

    @tf.function
    def counted(x):
        traced.append(1)
        return f(x)

    for x in calls:
        counted(x)
    return len(traced)


predicted = dict.fromkeys(("values", "numbers", "shapes", "dtypes"), 1)
