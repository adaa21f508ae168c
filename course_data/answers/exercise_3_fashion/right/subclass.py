# why: a class of the student's own, whose layers the grader cannot know: it is asked

# %% build
class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.one = tf.keras.layers.Dense(128, activation="relu")
        self.two = tf.keras.layers.Dense(128, activation="relu")
        self.out = tf.keras.layers.Dense(10)

    def call(self, x, training=None):
        h = self.one(x)
        return self.out(h + self.two(h))


def build_model():
    model = Net()
    model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model
