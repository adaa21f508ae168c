# why: predicts one trace for all Python numbers
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


predicted = {"values": 1, "numbers": 1, "shapes": 4, "dtypes": 2}
