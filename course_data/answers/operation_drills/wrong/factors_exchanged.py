# why: b before a
# fails: test_matrix_product

# %% products
def elementwise(a, b):
    return a * b

def matrix_product(a, b):
    return tf.matmul(b, a)

def masked_scores(images, mask, weights):
    rows = tf.reshape(images * mask, (images.shape[0], -1))
    return rows @ weights
