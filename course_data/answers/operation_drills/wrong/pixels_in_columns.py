# why: the image is flattened column by column, and the weights belong to another order
# fails: test_masked_scores

# %% products
def elementwise(a, b):
    return a * b

def matrix_product(a, b):
    return a @ b

def masked_scores(images, mask, weights):
    rows = tf.reshape(tf.transpose(images * mask, (0, 2, 1)), (images.shape[0], -1))
    return rows @ weights
