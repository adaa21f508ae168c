# why: loops over images, a comprehension, plain lists of class names

# %% load
from tensorflow.keras.datasets import cifar10
(x_train, y_train), (x_test, y_test) = cifar10.load_data()
class_names = ["Airplane", "Automobile", "Bird", "Cat", "Deer", "Dog", "Frog", "Horse", "Ship", "Truck"]

# %% to_gray
def to_gray(images):
    gray = np.zeros(images.shape[:3])
    for i in range(len(images)):
        gray[i] = images[i, :, :, 0] * 0.2989 + images[i, :, :, 1] * 0.5870 + images[i, :, :, 2] * 0.1140
    return gray

# %% normalize
def normalize(images):
    return np.array([image / 255.0 for image in images])
