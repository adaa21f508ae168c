# why: the functional API, tf.nn functions as activations, a nested model

# %% build
def build_model():
    inner = tf.keras.Sequential([tf.keras.layers.Dense(128, activation=tf.nn.relu), tf.keras.layers.Dense(96, activation=tf.nn.gelu)])
    inputs = tf.keras.Input(shape=(784,))
    outputs = tf.keras.layers.Dense(10, activation=tf.nn.softmax)(inner(inputs))
    model = tf.keras.Model(inputs, outputs)
    model.compile(optimizer=tf.keras.optimizers.Adam(), loss=tf.keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model
