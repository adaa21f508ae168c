# why: a list of layers
# fails: test_compiled, test_perceptron, test_ten, test_loss_fits

# %% build
def build_model():
    return [tf.keras.layers.Dense(10)]
