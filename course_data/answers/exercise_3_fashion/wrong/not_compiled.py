# why: not compiled
# fails: test_compiled, test_loss_fits

# %% build
def build_model():
    return tf.keras.Sequential([tf.keras.Input((784,)), tf.keras.layers.Dense(64, 'relu'), tf.keras.layers.Dense(10, 'softmax')])
