# why: keeps float64
# fails: test_to_tensor

# %% convert
def to_numpy(t):
    return t.numpy()

def to_tensor(a):
    return tf.constant(a)
