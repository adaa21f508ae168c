# why: the loss is a function of the student's own; a person is asked
# flags: build

# %% prepare
def prepare(images):
    """Images as rows of numbers for a perceptron.

    images: shape (N, 28, 28), uint8, values 0 to 255
    returns: shape (N, 784), float, values 0 to 1
    """
    return np.stack([image.ravel() / np.float32(255) for image in images]).astype("float32")


places = np.random.default_rng(2024).permutation(len(images))
place_val, place_train = np.split(places, [len(images) // 5])
x_train, y_train = prepare(images[place_train]), labels[place_train]
x_val, y_val = prepare(images[place_val]), labels[place_val]
x_test, y_test = prepare(test_images), test_labels
# %% build
from dataclasses import dataclass


@dataclass
class LayerPlan:
    neurons: int
    activation: str = "relu"


PLAN = [LayerPlan(256), LayerPlan(128), LayerPlan(64), LayerPlan(10, "linear")]


def cross_entropy(y_true, logits):
    """The negative log probability of the true class."""
    truth = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=truth, logits=logits)


def build_model():
    """A compiled perceptron: 784 inputs, ten outputs."""
    network = tf.keras.Sequential([tf.keras.Input((784,))])
    for plan in PLAN:
        network.add(tf.keras.layers.Dense(plan.neurons, plan.activation))
    network.compile(optimizer="adam", loss=cross_entropy, metrics=["accuracy"])
    return network
# %% train
model = build_model()
tell = tf.keras.callbacks.LambdaCallback(
    on_epoch_end=lambda epoch, logs: print(epoch + 1, {name: round(float(value), 3) for name, value in logs.items()})
)
training = functools.partial(model.fit, x_train, y_train, validation_data=(x_val, y_val), verbose=0)
history = training(epochs=20, batch_size=128, callbacks=[tell])
