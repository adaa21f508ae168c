# why: scikit-learn's split, shuffled; ravel; float64

# %% prepare
from sklearn.model_selection import train_test_split


def prepare(images):
    return np.array([image.ravel() for image in images]) / 255.0


x_train, x_val, y_train, y_val = train_test_split(prepare(images), labels, test_size=0.2, random_state=4)
x_test, y_test = prepare(test_images), test_labels
