# why: @ for the mask: the pixels of each row are mixed
# fails: test_masked_scores

# %% products
def elementwise(a, b):
    return a * b

def matrix_product(a, b):
    return a @ b

def masked_scores(images, mask, weights):
    rows = tf.reshape(images @ tf.transpose(mask), (images.shape[0], -1))
    return rows @ weights
