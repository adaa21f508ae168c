# why: the pixels that work are hidden, the others are not
# fails: test_masked_scores

# %% products
def elementwise(a, b):
    return a * b

def matrix_product(a, b):
    return a @ b

def masked_scores(images, mask, weights):
    rows = tf.reshape(images * (1 - mask), (images.shape[0], -1))
    return rows @ weights
