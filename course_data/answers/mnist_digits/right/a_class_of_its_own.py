# why: the network with dropout as a class, with one dropout layer that is used twice

# %% network
tf.keras.utils.set_random_seed(1)
layers = tf.keras.layers
model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(512, "relu"), layers.Dense(512, "relu"), layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, batch_size=128, verbose=0)

# %% regular
class Regular(tf.keras.Model):
    def __init__(self):
        super().__init__()
        l2 = tf.keras.regularizers.L1L2(l2=1e-4)
        self.one = tf.keras.layers.Dense(512, "relu", kernel_regularizer=l2)
        self.two = tf.keras.layers.Dense(512, "relu", kernel_regularizer=l2)
        self.out = tf.keras.layers.Dense(10, "softmax")
        self.drop = tf.keras.layers.Dropout(0.4)

    def call(self, x, training=False):
        x = self.drop(self.one(x), training=training)
        return self.out(self.drop(self.two(x), training=training))


tf.keras.utils.set_random_seed(2)
model_regular = Regular()
model_regular.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history_regular = model_regular.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, batch_size=128, verbose=0)
