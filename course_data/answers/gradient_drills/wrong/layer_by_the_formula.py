# why: the gradient of the mean square, whatever the loss is
# fails: test_dw, test_db

# %% layer
def layer_gradients(loss, w, b, x):
    dy = 2 * (x @ w + b) / (len(x) * len(b))
    return tf.transpose(x) @ dy, tf.reduce_sum(dy, axis=0)
