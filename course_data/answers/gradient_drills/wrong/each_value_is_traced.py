# why: predicts a trace for each tensor
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


predicted = {"values": 3, "numbers": 3, "shapes": 4, "dtypes": 2}
