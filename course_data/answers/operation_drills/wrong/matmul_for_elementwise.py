# why: @ where * is meant
# fails: test_elementwise

# %% products
def elementwise(a, b):
    return a @ b if a.shape[1] == b.shape[0] else a * b

def matrix_product(a, b):
    return a @ b

def masked_scores(images, mask, weights):
    rows = tf.reshape(images * mask, (images.shape[0], -1))
    return rows @ weights
