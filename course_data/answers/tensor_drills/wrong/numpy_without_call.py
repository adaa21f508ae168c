# why: hands over the method
# fails: test_to_numpy

# %% convert
def to_numpy(t):
    return t.numpy

def to_tensor(a):
    return tf.constant(a, dtype=tf.float32)
