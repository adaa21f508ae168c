# why: predicts the numbers of calls
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


predicted = {"values": 4, "numbers": 4, "shapes": 6, "dtypes": 4}
